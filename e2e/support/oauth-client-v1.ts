import { auth, extractWWWAuthenticateParams } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { OAuthApp, openCallback } from "./oauth-client";

/** An app with version 1 of the official SDK, which leaves the step up to the app. */
export class OAuthAppV1 extends OAuthApp {
  #challenge: ReturnType<typeof extractWWWAuthenticateParams> = {};

  static async start(name: string, serverUrl: string): Promise<OAuthAppV1> {
    return new OAuthAppV1(name, serverUrl, await openCallback());
  }

  protected async connect(fetch: FetchLike) {
    const client = new Client({ name: this.name, version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL(this.serverUrl), { authProvider: this, fetch }));
    return client;
  }

  protected scopesIn(challenge: Response) {
    this.#challenge = extractWWWAuthenticateParams(challenge);
    return this.#challenge.scope;
  }

  /** What it has cannot be widened, so the person is asked anew. */
  async stepUp(): Promise<void> {
    this.saved = undefined;
    await auth(this, { serverUrl: this.serverUrl, ...this.#challenge });
  }

  protected async redeem(answer: URLSearchParams): Promise<void> {
    await auth(this, { serverUrl: this.serverUrl, authorizationCode: answer.get("code") ?? "" });
  }
}
