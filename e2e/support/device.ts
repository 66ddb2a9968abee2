import { setTimeout as sleep } from "node:timers/promises";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** What a device is told when it asks (RFC 8628 §3.2). Times in seconds. */
export type Asked = { device_code: string; user_code: string; verification_uri: string; interval: number };
/** What the token endpoint answers it. */
export type Polled = { access_token?: string; refresh_token?: string; scope?: string; error?: string };

async function send<T>(address: string, form: Record<string, string>, userAgent: string): Promise<T> {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "user-agent": userAgent },
    body: new URLSearchParams(form),
  });
  return (await answer.json()) as T;
}

/** A device without a browser, that asks at the endpoints which the metadata names. */
export class Device {
  #asked: Asked | undefined;

  private constructor(
    readonly clientId: string,
    readonly userAgent: string,
    readonly metadata: { device_authorization_endpoint: string; token_endpoint: string },
  ) {}

  static async start(issuer: string, clientId: string, userAgent: string): Promise<Device> {
    const answer = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
    return new Device(clientId, userAgent, (await answer.json()) as Device["metadata"]);
  }

  /** Asks for a code to show. */
  async ask(resource: string, scope: string): Promise<Asked> {
    const form = { client_id: this.clientId, resource, scope };
    this.#asked = await send<Asked>(this.metadata.device_authorization_endpoint, form, this.userAgent);
    return this.#asked;
  }

  /** Asks once whether its person has answered. */
  async poll(): Promise<Polled> {
    const form = { grant_type: GRANT, client_id: this.clientId, device_code: this.#asked?.device_code ?? "" };
    return send<Polled>(this.metadata.token_endpoint, form, this.userAgent);
  }

  /** Asks, as often as it was told to, until there is an answer. */
  async wait(): Promise<Polled> {
    for (;;) {
      await sleep(1000 * (this.#asked?.interval ?? 5));
      const answer = await this.poll();
      if (answer.error !== "authorization_pending" && answer.error !== "slow_down") return answer;
    }
  }
}
