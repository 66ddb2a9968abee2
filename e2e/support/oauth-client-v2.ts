import {
  Client,
  extractWWWAuthenticateParams,
  StreamableHTTPClientTransport,
  type FetchLike,
  type OAuthDiscoveryState,
} from "@modelcontextprotocol/client";
import { OAuthApp, openCallback } from "./oauth-client";

/** An app with version 2 of the official SDK, whose transport steps up by itself and compares `iss` (RFC 9207). */
export class OAuthAppV2 extends OAuthApp {
  #discovered: OAuthDiscoveryState | undefined;

  static async start(name: string, serverUrl: string): Promise<OAuthAppV2> {
    return new OAuthAppV2(name, serverUrl, await openCallback());
  }

  saveDiscoveryState(state: OAuthDiscoveryState) {
    this.#discovered = state;
  }
  discoveryState() {
    return this.#discovered;
  }

  #transport(fetch?: FetchLike) {
    return new StreamableHTTPClientTransport(new URL(this.serverUrl), { authProvider: this, fetch });
  }

  protected async connect(fetch: FetchLike) {
    const client = new Client({ name: this.name, version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
    await client.connect(this.#transport(fetch));
    return client;
  }

  protected scopesIn(challenge: Response) {
    return extractWWWAuthenticateParams(challenge).scope;
  }

  /** The transport has asked already: with the call that was refused. */
  async stepUp(): Promise<void> {}

  protected async redeem(answer: URLSearchParams): Promise<void> {
    await this.#transport().finishAuth(answer);
  }
}
