import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { auth, extractWWWAuthenticateParams, type OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";

/** What a tool's call ended with: its text, or why it did not happen. */
export type Called = { text: string } | { refused: string };

/**
 * An app with the official SDK's own OAuth client in it, as it stands on a person's machine: it keeps its registration and its
 * tokens, and catches the browser's return on a port of its own.
 */
export class OAuthApp implements OAuthClientProvider {
  readonly clientMetadata;
  client: OAuthClientInformationMixed | undefined;
  saved: OAuthTokens | undefined;
  /** Where it wants the person's browser to go. */
  authorizeUrl: URL | undefined;
  /** What a 403 last asked for. */
  challenge: { scope?: string; resourceMetadataUrl?: URL } = {};
  #verifier = "";
  #state = "";

  private constructor(
    readonly name: string,
    readonly serverUrl: string,
    readonly redirectUrl: string,
    readonly callback: { server: Server; came: URL[] },
  ) {
    this.clientMetadata = {
      client_name: name,
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }

  static async start(name: string, serverUrl: string): Promise<OAuthApp> {
    const came: URL[] = [];
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      if (url.pathname === "/callback") came.push(url);
      response.writeHead(url.pathname === "/callback" ? 200 : 204, { "content-type": "text/html" });
      response.end(url.pathname === "/callback" ? "<h1>Back in the app</h1>" : undefined);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    return new OAuthApp(name, serverUrl, `http://127.0.0.1:${port}/callback`, { server, came });
  }

  async stop(): Promise<void> {
    this.callback.server.closeAllConnections();
    await new Promise((closed) => this.callback.server.close(closed));
  }

  state(): string {
    this.#state = crypto.randomUUID();
    return this.#state;
  }
  clientInformation() {
    return this.client;
  }
  saveClientInformation(client: OAuthClientInformationMixed) {
    this.client = client;
  }
  tokens() {
    return this.saved;
  }
  saveTokens(tokens: OAuthTokens) {
    this.saved = tokens;
  }
  redirectToAuthorization(url: URL) {
    this.authorizeUrl = url;
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }
  codeVerifier() {
    return this.#verifier;
  }
  invalidateCredentials(which: string) {
    if (which === "all" || which === "tokens") this.saved = undefined;
    if (which === "all" || which === "client") this.client = undefined;
  }

  /** Runs `work` with a connected client, and keeps what a 403 asks for. */
  async #connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ name: this.name, version: "1.0.0" });
    const transport = new StreamableHTTPClientTransport(new URL(this.serverUrl), {
      authProvider: this,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (response.status === 403) this.challenge = extractWWWAuthenticateParams(response);
        return response;
      },
    });
    try {
      await client.connect(transport);
      return await work(client);
    } finally {
      await client.close();
    }
  }

  async listTools(): Promise<string[]> {
    return this.#connected(async (client) => (await client.listTools()).tools.map(({ name }) => name));
  }

  async callTool(name: string, args: Record<string, unknown> = {}): Promise<Called> {
    try {
      return await this.#connected(async (client) => {
        const { content } = await client.callTool({ name, arguments: args });
        return { text: (content as { text: string }[]).map(({ text }) => text).join("") };
      });
    } catch (error) {
      return { refused: error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error) };
    }
  }

  /** Asks for more, as a 403 said: what it has cannot be widened, so the person is asked anew. */
  async stepUp(): Promise<void> {
    this.saved = undefined;
    await auth(this, { serverUrl: this.serverUrl, ...this.challenge });
  }

  /** Goes on with what the browser brought back. Throws where it is no answer to its own question (RFC 9207, `state`). */
  async finish(issuer: string): Promise<URL> {
    const back = this.callback.came.at(-1);
    const code = back?.searchParams.get("code");
    if (!back || !code) throw new Error(`The browser came back without a code: ${back?.href ?? "not at all"}`);
    if (back.searchParams.get("state") !== this.#state) throw new Error("The browser came back with another state");
    if (back.searchParams.get("iss") !== issuer) throw new Error("The answer is from another issuer");
    await auth(this, { serverUrl: this.serverUrl, authorizationCode: code });
    return back;
  }
}
