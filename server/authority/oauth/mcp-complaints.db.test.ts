import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { readConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { newId } from "@/lib/id";
import { getChallenges } from "@/lib/oauth/challenges";
import { reapOAuth } from "@/lib/oauth/reap";
import { setPregranted } from "@/lib/oauth/set-pregranted";
import { systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeToken } from "@/lib/testing/make-credentials";
import { Browser } from "./testing/browser";
import { askToken, makeClient } from "./testing/client";
import { answered, makeCompany, useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

// What users of MCP clients complain about elsewhere, and what this server answers: each test is named after a complaint.
useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask, allowed, redeem, connected, refreshing, validate } = useCompany(reach, issuer);

beforeAll(async () => {
  await db().instance.update({ where: { id: 1 }, data: { registration: "listed" } });
});

const register = async (metadata: object, headers: Record<string, string> = {}) => {
  const answer = await reach("/oauth/register", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(metadata),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const DAY_MS = 86_400_000;

it.each([
  "http://127.0.0.1/callback",
  "http://127.0.0.1:33418/callback",
  "http://localhost:33418/callback",
  "http://[::1]/callback",
])("loopback port varies (claude-code #44429, vscode #278512): %s is met on every port", async (registered) => {
  const { body } = await register({ redirect_uris: [registered] });
  const client = { clientId: String(body.client_id) };
  for (const port of ["", ":1", ":49152", ":65535"]) {
    const url = new URL(registered);
    const redirect_uri = `http://${url.hostname}${port}/callback`;
    const { code, verifier, back } = await allowed(client, { redirect_uri });
    expect(back.href.startsWith(`${redirect_uri}?`)).toBe(true);
    expect((await redeem(client, code, verifier, { redirect_uri })).status).toBe(200);
  }
});

it.each(["web", "native", undefined])(
  "cursor:// redirect sent as %s (better-auth #10946, python-sdk #897): it is taken for an app's, and the browser goes there",
  async (application_type) => {
    const redirect_uri = "cursor://anysphere.cursor-mcp/oauth/callback";
    const { status, body } = await register({ redirect_uris: [redirect_uri], application_type });
    expect([status, body.application_type]).toEqual([201, "native"]);
    const client = { clientId: String(body.client_id) };
    const { code, verifier, back } = await allowed(client, { redirect_uri });
    expect(back.protocol).toBe("cursor:");
    expect((await redeem(client, code, verifier, { redirect_uri })).status).toBe(200);
  },
);

it("parallel sessions race refresh rotation (claude-code #85236, #91641, #74250): all go on with one successor, none is cut off", async () => {
  const client = await makeClient();
  let token = (await connected(client)).body.refresh_token ?? "";
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => refreshing(client, token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    token = [...successors][0] ?? "";
    for (const { body } of answers) expect(await validate(body.access_token ?? "")).toMatchObject({ active: true });
  }
});

it("parallel sessions, the answer lost on its way (claude-code #85236): asking once more gives what was lost", async () => {
  const client = await makeClient();
  const first = (await connected(client)).body.refresh_token ?? "";
  const lost = await refreshing(client, first);
  const again = await refreshing(client, first);
  expect(again.body.refresh_token).toBe(lost.body.refresh_token);
  expect((await refreshing(client, again.body.refresh_token ?? "")).status).toBe(200);
});

it("no refresh token without offline_access (usenotra #498): who may refresh gets one, whatever scope it asked for", async () => {
  const client = await makeClient();
  for (const scope of ["tickets:read", undefined, "openid tickets:read"]) {
    const { code, verifier } = await allowed(client, { scope });
    expect((await redeem(client, code, verifier)).body.refresh_token).toMatch(/^gth_rt_/);
  }
});

it("resource not sent (claude-code #90497): it is the only server that there is, and a token is never bound to nothing", async () => {
  const client = await makeClient();
  const { code, verifier } = await allowed(client, { resource: undefined });
  const { body } = await redeem(client, code, verifier);
  expect(decodeJwt(body.access_token ?? "").aud).toBe(company().server.resource);
  const next = await refreshing(client, body.refresh_token ?? "");
  expect(decodeJwt(next.body.access_token ?? "").aud).toBe(company().server.resource);
});

it.each([
  ["a slash too many", (resource: string) => `${resource}/`],
  ["its origin alone", (resource: string) => new URL(resource).origin],
  ["its origin with a slash", (resource: string) => `${new URL(resource).origin}/`],
  ["its host in capitals", (resource: string) => resource.replace("tickets", "TICKETS").replace("https", "HTTPS")],
  ["the port that goes without saying", (resource: string) => resource.replace(".com/", ".com:443/")],
])(
  "trailing-slash or origin-only resource (claude-code #52871, codex #35716): %s means the server",
  async (_what, spell) => {
    const client = await makeClient();
    const resource = spell(company().server.resource);
    const { code, verifier } = await allowed(client, { resource });
    const { body } = await redeem(client, code, verifier, { resource });
    expect(decodeJwt(body.access_token ?? "").aud).toBe(company().server.resource);
    const next = await refreshing(client, body.refresh_token ?? "", { resource });
    expect(next.status).toBe(200);
  },
);

it("stale client_id after a prune (claude-code #84614, supabase/mcp #355): one with a grant is never pruned, not even after it ended", async () => {
  const { body } = await register({ redirect_uris: ["http://127.0.0.1/callback"] });
  const client = { clientId: String(body.client_id) };
  await connected(client);
  await db().oauthGrant.updateMany({
    where: { agentId: client.clientId },
    data: { revokedAt: new Date(), revokedBy: "test" },
  });
  await reapOAuth(systemCtx({ nowSeconds: () => (Date.now() + 400 * DAY_MS) / 1000 }), undefined);
  expect((await company().browser.get(ask(client).url)).headers.get("location")).toMatch(/^\/connect\//);
});

it("stale client_id (claude-code #84614): the client is told invalid_client, and the person what to do", async () => {
  const gone = { clientId: "agt_pruned00000000" };
  expect(await refreshing(gone, "gth_rt_x")).toMatchObject({ status: 401, body: { error: "invalid_client" } });
  const page = await company().browser.get(ask(gone).url);
  expect(page.status).toBe(400);
  expect(page.headers.get("location")).toBeNull();
  expect(await page.text()).toContain("Remove the connection in the app, and connect it again.");
});

it("registered clients pile up (mcphub #1174): those that nobody let in go after thirty days, others stay", async () => {
  const unused = String((await register({ redirect_uris: ["http://127.0.0.1/callback"] })).body.client_id);
  const used = String((await register({ redirect_uris: ["http://127.0.0.1/callback"] })).body.client_id);
  await connected({ clientId: used });
  await reapOAuth(systemCtx({ nowSeconds: () => (Date.now() + 29 * DAY_MS) / 1000 }), undefined);
  expect(await db().oauthClient.count({ where: { clientId: unused } })).toBe(1);
  await reapOAuth(systemCtx({ nowSeconds: () => (Date.now() + 31 * DAY_MS) / 1000 }), undefined);
  expect(await db().oauthClient.count({ where: { clientId: unused } })).toBe(0);
  expect(await db().oauthClient.count({ where: { clientId: used } })).toBe(1);
});

it("enterprises reject open registration (vscode #257415, #321838): both doors close, and the metadata no longer shows them", async () => {
  const read = async () =>
    (await (await reach("/.well-known/oauth-authorization-server")).json()) as Record<string, unknown>;
  expect(await read()).toMatchObject({
    registration_endpoint: `${issuer()}/oauth/register`,
    client_id_metadata_document_supported: true,
  });
  await db().instance.update({ where: { id: 1 }, data: { registration: "off", documents: "off" } });
  try {
    expect((await register({ redirect_uris: ["http://127.0.0.1/callback"] })).status).toBe(403);
    const page = await company().browser.get(ask({ clientId: "https://client.example/c.json" }).url);
    expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    expect(await read()).not.toHaveProperty("registration_endpoint");
    expect(await read()).not.toMatchObject({ client_id_metadata_document_supported: true });
  } finally {
    await db().instance.update({ where: { id: 1 }, data: { registration: "listed", documents: "open" } });
  }
});

it.each([
  ["/.well-known/oauth-authorization-server", "GET"],
  ["/.well-known/openid-configuration", "GET"],
  ["/oauth/jwks", "GET"],
  ["/oauth/token", "POST"],
  ["/oauth/register", "POST"],
])(
  "missing CORS on %s (inspector #752, infisical #5192): any page may ask, with the headers of MCP",
  async (path, method) => {
    const headers = ["mcp-protocol-version", "mcp-method", "mcp-name", "content-type", "authorization"];
    const preflight = await reach(path, {
      method: "OPTIONS",
      headers: {
        origin: "https://inspector.example",
        "access-control-request-method": method,
        "access-control-request-headers": headers.join(","),
      },
    });
    expect(preflight.status).toBeLessThan(300);
    const allowedHeaders = (preflight.headers.get("access-control-allow-headers") ?? "").toLowerCase();
    for (const header of headers) expect(allowedHeaders).toContain(header);
    expect(preflight.headers.get("access-control-allow-methods")).toContain(method);
    const asked = await reach(path, { method, headers: { origin: "https://inspector.example" } });
    expect(asked.headers.get("access-control-allow-origin")).toMatch(/^(\*|https:\/\/inspector\.example)$/);
  },
);

it("missing CORS on errors (inspector #752): a page may read why a token was refused, and WWW-Authenticate with it", async () => {
  const answer = await reach("/oauth/token", {
    method: "POST",
    headers: {
      origin: "https://inspector.example",
      "content-type": "application/x-www-form-urlencoded",
      authorization: "Basic eDp5",
    },
    body: "grant_type=client_credentials",
  });
  expect(answer.status).toBe(401);
  expect(answer.headers.get("access-control-allow-origin")).toMatch(/^(\*|https:\/\/inspector\.example)$/);
  expect((answer.headers.get("access-control-expose-headers") ?? "").toLowerCase()).toContain("www-authenticate");
});

it("issuer mismatch (atlassian-mcp-server #205): metadata, answers and tokens name one issuer, letter for letter", async () => {
  const client = await makeClient();
  for (const path of ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"])
    expect(((await (await reach(path)).json()) as { issuer: string }).issuer).toBe(issuer());
  const { back, code, verifier } = await allowed(client);
  expect(back.searchParams.get("iss")).toBe(issuer());
  expect(decodeJwt((await redeem(client, code, verifier)).body.access_token ?? "").iss).toBe(issuer());
});

it("step-up: old clients refresh instead (claude-code #28258): that is told as invalid_scope, ends nothing, and asking the person works", async () => {
  const client = await makeClient();
  const { body } = await connected(client);
  const refused = await refreshing(client, body.refresh_token ?? "", { scope: "tickets:read tickets:write" });
  expect(refused).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
  expect((await refreshing(client, body.refresh_token ?? "")).status).toBe(200);
  const { url, verifier } = ask(client, { scope: "tickets:read tickets:write" });
  const { browser } = company();
  const back = await browser.allow(await browser.open(url), ["tickets:read", "tickets:write"]);
  const stepped = await redeem(client, back.searchParams.get("code") ?? "", verifier);
  expect(stepped.body.scope?.split(" ").sort()).toEqual(["tickets:read", "tickets:write"]);
});

describe("step-up: old clients refresh instead (claude-code #28258): an admin pre-grants scopes", () => {
  const pregrant = (client: { agentId: string }, scopes: string[]) =>
    setPregranted(systemCtx(), { agentId: client.agentId, serverId: company().server.id, scopes });
  const startedAt = (uid: string) => ({ uid, startedHere: company().browser.cookie(STARTED_COOKIE) });

  it("its first token has them, its refreshes keep them, and nobody is sent anywhere; the person sees who added them", async () => {
    const client = await makeClient();
    await pregrant(client, ["tickets:write"]);
    const { browser } = company();
    const { url, verifier } = ask(client, { scope: "tickets:read" });
    const uid = await browser.open(url);
    const { scopes } = await readConsent(browser.ctx, startedAt(uid));
    expect(scopes.map(({ name, pregranted }) => [name, pregranted])).toEqual([
      ["tickets:read", false],
      ["tickets:write", true],
    ]);
    const back = await browser.allow(uid, ["tickets:read", "tickets:write"]);
    const { body } = await redeem(client, back.searchParams.get("code") ?? "", verifier);
    expect(body.scope?.split(" ").sort()).toEqual(["tickets:read", "tickets:write"]);
    const { body: next } = await refreshing(client, body.refresh_token ?? "");
    expect(await validate(next.access_token ?? "", "close_ticket")).toMatchObject({ decision: "allow" });
  });

  it("the person may leave them out", async () => {
    const client = await makeClient();
    await pregrant(client, ["tickets:write"]);
    const before = await lastIdx();
    expect((await connected(client)).body.scope).toBe("tickets:read");
    const given = (await entriesSince(before)).find(({ action }) => action === "grant.give");
    expect(given?.body).toMatchObject({ details: { asked: ["tickets:read", "tickets:write"] } });
    expect(given?.body).not.toHaveProperty("details.added");
  });

  it("the person's roles bound them, at consent and at each call", async () => {
    const client = await makeClient();
    await pregrant(client, ["tickets:write"]);
    const { server } = company();
    const reader = await makeHolder((await makeRole([server.id], ["tickets:read"])).id);
    const browser = await new Browser(reach, reader).signIn();
    const uid = await browser.open(ask(client).url);
    const { scopes } = await readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) });
    expect(scopes.find(({ name }) => name === "tickets:write")).toMatchObject({ pregranted: true, held: false });
    await expect(browser.allow(uid, ["tickets:read", "tickets:write"])).rejects.toMatchObject({
      code: "role_not_held",
    });
  });

  it("what is taken back is refused with the next call, and the rest goes on", async () => {
    const client = await makeClient();
    await pregrant(client, ["tickets:write"]);
    const { browser } = company();
    const { url, verifier } = ask(client, { scope: "tickets:read" });
    const back = await browser.allow(await browser.open(url), ["tickets:read", "tickets:write"]);
    const { body } = await redeem(client, back.searchParams.get("code") ?? "", verifier);
    const token = body.access_token ?? "";
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "allow" });
    await pregrant(client, []);
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "deny", reason: "insufficient_scope" });
    expect(await validate(token, "list_tickets")).toMatchObject({ decision: "allow" });
    expect((await refreshing(client, body.refresh_token ?? "")).body.scope).toBe("tickets:read");
  });
});

it("headless, SSH, CI (ext-auth #18, claude-code #20215): a static token or a machine's own credentials need no browser", async () => {
  const { server, role, person, key } = company();
  const fixed = await makeToken({ personId: person.id, roleId: role.id, serverIds: [server.id] });
  expect(await validate(fixed.secret, "list_tickets", key.secret)).toMatchObject({ decision: "allow" });
  const machine = await makeClient({ kind: "machine", authMethod: "client_secret_post" });
  const reading = await makeRole([server.id], ["tickets:read"]);
  await db().agentRole.create({ data: { agentId: machine.agentId, roleId: reading.id, assignedBy: "test" } });
  const { body } = await askToken(reach, {
    grant_type: "client_credentials",
    client_id: machine.clientId,
    client_secret: machine.secret ?? "",
  });
  expect(await validate(body.access_token ?? "", "list_tickets", key.secret)).toMatchObject({ decision: "allow" });
});

it("shared egress IPs rate-limited (lion-reader #975): a whole company refreshes from one address", async () => {
  const client = await makeClient();
  const { body } = await connected(client);
  const statuses = await Promise.all(
    Array.from({ length: 60 }, async () => (await refreshing(client, body.refresh_token ?? "")).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
});

// Last: from here on there are two servers.
it("resource not sent (claude-code #90497), and several servers: the client is told to say which", async () => {
  await makeCompany(reach);
  const client = await makeClient();
  const answer = await company().browser.get(ask(client, { resource: undefined }).url);
  expect(answered(answer)).toMatchObject({ error: "invalid_target" });
});

it.each(["", "/mcp", "/a/mcp", "/mcp/"])(
  "PRM path confusion (inspector #675, #1288): of a server at https://h%s one document names this very resource, at one address, for whoever asks",
  async (path) => {
    const resource = `https://h${newId("request").slice(-8)}.example${path}`;
    const server = await makeServer({ resource });
    const { metadata } = await getChallenges(systemCtx(), { serverId: server.id });
    const answer = await reach(metadata.hosted, { headers: { origin: "https://inspector.example" } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
    expect(await answer.json()).toMatchObject({ resource, authorization_servers: [issuer()] });
    // Where clients look that are not told: between host and path (RFC 9728 §3.1), at the root only for a server at the root.
    expect(metadata.wellKnown).toBe(
      `${new URL(resource).origin}/.well-known/oauth-protected-resource${path === "" ? "" : path}`,
    );
    const slash = await reach(`${metadata.hosted}/`);
    expect(slash.status).toBe(404);
  },
);
