import { beforeAll } from "vitest";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey } from "@/lib/testing/make-credentials";
import { Browser } from "./browser";
import { askToken, authorizeUrl, CALLBACK, connect, pkce, type TokenAnswer } from "./client";
import type { Reach } from "./listener";

type Client = { clientId: string };

/** A server with a key, and somebody whose role gives both of its scopes, in their browser. */
export async function makeCompany(reach: Reach) {
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  const person = await makeHolder(role.id);
  const key = await makeKey(server.id);
  return { server, role, person, key, browser: await new Browser(reach, person).signIn() };
}
export type Company = Awaited<ReturnType<typeof makeCompany>>;

/** What the tests of a file share: one company, and the ways of its clients. */
export function useCompany(reach: Reach, issuer: () => string) {
  let its: Company;
  beforeAll(async () => {
    its = await makeCompany(reach);
  });

  /** An authorization request of a client, with a PKCE pair of its own. */
  function ask(client: Client, params: Record<string, string | undefined> = {}) {
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(issuer(), {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      code_challenge: challenge,
      resource: its.server.resource,
      scope: "tickets:read",
      ...params,
    });
    return { url, verifier };
  }

  /** Where the browser goes in the end, the person having allowed to read; and the verifier of the request. */
  async function allowed(client: Client, params: Record<string, string | undefined> = {}, browser = its.browser) {
    const { url, verifier } = ask(client, params);
    const back = await browser.allow(await browser.open(url), ["tickets:read"]);
    return { back, verifier, code: back.searchParams.get("code") ?? "" };
  }

  const redeem = (client: Client, code: string, code_verifier: string, more: Record<string, string> = {}) =>
    askToken(reach, {
      grant_type: "authorization_code",
      client_id: client.clientId,
      code,
      code_verifier,
      redirect_uri: CALLBACK,
      ...more,
    });

  return {
    company: () => its,
    ask,
    allowed,
    redeem,
    /** The whole way, with the right to read. */
    connected: (client: Client, browser = its.browser): Promise<TokenAnswer> =>
      connect(browser, issuer(), client, { resource: its.server.resource, scope: "tickets:read" }, ["tickets:read"]),
    refreshing: (client: Client, refresh_token: string, more: Record<string, string> = {}) =>
      askToken(reach, { grant_type: "refresh_token", client_id: client.clientId, refresh_token, ...more }),
    async validate(token: string, tool?: string, key = its.key.secret): Promise<Record<string, unknown>> {
      const answer = await reach("/api/v1/validate", {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ token, tool }),
      });
      return (await answer.json()) as Record<string, unknown>;
    },
    async introspect(token: string, key = its.key.secret): Promise<Record<string, unknown>> {
      const answer = await reach("/oauth/introspect", {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ token }).toString(),
      });
      return (await answer.json()) as Record<string, unknown>;
    },
  };
}

/** The parameters of an answer that leads back to a client. */
export const answered = (answer: Response): Record<string, string> =>
  Object.fromEntries(new URL(answer.headers.get("location") ?? "http://nowhere.invalid").searchParams);
