import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a tool's call ended with: its text, or why it did not happen. */
export type Called = { text: string } | { refused: string };

type SavedClient = { client_id: string; client_secret?: string };
type SavedTokens = { access_token: string; token_type: string; refresh_token?: string; scope?: string };
/** What the client of either SDK does here. */
type Connected = {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<object>;
  close(): Promise<void>;
};

/** Where the browser comes back to: a port of its own on the person's machine. */
export type Callback = { server: Server; came: URL[]; url: string };

/** Opens the address that a person's browser comes back to. */
export async function openCallback(): Promise<Callback> {
  const came: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/callback") came.push(url);
    response.writeHead(url.pathname === "/callback" ? 200 : 204, { "content-type": "text/html" });
    response.end(url.pathname === "/callback" ? "<h1>Back in the app</h1>" : undefined);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { server, came, url: `http://127.0.0.1:${port}/callback` };
}

/**
 * An app with an official SDK's own OAuth client in it, as it stands on a person's machine: it keeps its registration and its
 * tokens, and catches the browser's return. What depends on the SDK's version is in `oauth-client-v1.ts` and `oauth-client-v2.ts`.
 */
export abstract class OAuthApp {
  readonly clientMetadata;
  readonly redirectUrl: string;
  client: SavedClient | undefined;
  saved: SavedTokens | undefined;
  /** Where it wants the person's browser to go. */
  authorizeUrl: URL | undefined;
  /** The scopes that a 403 last asked for. */
  challenged: string[] = [];
  #verifier = "";
  #state = "";

  constructor(
    readonly name: string,
    readonly serverUrl: string,
    readonly callback: Callback,
  ) {
    this.redirectUrl = callback.url;
    this.clientMetadata = {
      client_name: name,
      redirect_uris: [callback.url],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
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
  saveClientInformation(client: SavedClient) {
    this.client = client;
  }
  tokens() {
    return this.saved;
  }
  saveTokens(tokens: SavedTokens) {
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

  /** A client that is connected to the server, whose requests go through `fetch`. Throws where the person is needed first. */
  protected abstract connect(fetch: (url: string | URL, init?: RequestInit) => Promise<Response>): Promise<Connected>;
  /** Makes the browser's answer into tokens. */
  protected abstract redeem(answer: URLSearchParams): Promise<void>;
  /** The scopes that a challenge names. */
  protected abstract scopesIn(challenge: Response): string | undefined;
  /** Asks the person for what a 403 named, where the SDK has not done so by itself. */
  abstract stepUp(): Promise<void>;

  /** Runs `work` with a connected client, and keeps what a 403 asks for. */
  async #connected<T>(work: (client: Connected) => Promise<T>): Promise<T> {
    const client = await this.connect(async (url, init) => {
      const response = await fetch(url, init);
      if (response.status === 403) this.challenged = this.scopesIn(response)?.split(" ").sort() ?? [];
      return response;
    });
    try {
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
        const { content } = (await client.callTool({ name, arguments: args })) as { content: { text: string }[] };
        return { text: content.map(({ text }) => text).join("") };
      });
    } catch (error) {
      return { refused: error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error) };
    }
  }

  /** Goes on with what the browser brought back. Throws where it is no answer to its own question (RFC 9207, `state`). */
  async finish(issuer: string): Promise<URL> {
    const back = this.callback.came.at(-1);
    if (!back?.searchParams.has("code"))
      throw new Error(`The browser came back without a code: ${back?.href ?? "not at all"}`);
    if (back.searchParams.get("state") !== this.#state) throw new Error("The browser came back with another state");
    if (back.searchParams.get("iss") !== issuer) throw new Error("The answer is from another issuer");
    await this.redeem(back.searchParams);
    return back;
  }
}
