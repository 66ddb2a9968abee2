import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { reapAllOAuth } from "@/lib/oauth/reap";
import { systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach } = useListener();

const DAY_MS = 86_400_000;
const register = async (metadata: unknown) => {
  const answer = await reach("/oauth/register", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof metadata === "string" ? metadata : JSON.stringify(metadata),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const named = (client_name: unknown) => register({ client_name, redirect_uris: ["http://127.0.0.1/cb"] });

beforeEach(async () => {
  await db().signInThrottle.deleteMany({});
  await db().instance.update({
    where: { id: 1 },
    data: { registration: "listed", registrationPlaces: ["claude.ai", "127.0.0.1", "cursor:"] },
  });
});

describe("the secret of a client that registers itself", () => {
  const expiry = async () => {
    const redirect_uris = ["https://claude.ai/secret"];
    const { status, body } = await register({ redirect_uris, token_endpoint_auth_method: "client_secret_basic" });
    expect(status).toBe(201);
    return { at: body.client_secret_expires_at, issued: body.client_id_issued_at as number };
  };

  it("ends, as the answer says, when the policy refuses it as overdue; else never", async () => {
    expect((await expiry()).at).toBe(0);
    await db().instance.update({ where: { id: 1 }, data: { refuseOverdueSecrets: true, secretRotationDays: 90 } });
    const { at, issued } = await expiry();
    expect(at).toBe(issued + 90 * 86_400);
    await db().instance.update({ where: { id: 1 }, data: { secretRotationDays: 0 } });
    expect((await expiry()).at).toBe(0);
    await db().instance.update({ where: { id: 1 }, data: { refuseOverdueSecrets: false, secretRotationDays: 90 } });
  });
});

describe("the redirect address of a client that registers itself", () => {
  it.each([
    ["with a user that looks like the host", "https://claude.ai@evil.example/cb"],
    ["with a user and a password", "https://claude.ai:443@evil.example/cb"],
    ["with a backslash, where readers differ on the host", "https://claude.ai\\@evil.example/cb"],
    ["with a backslash in place of slashes", "https:\\\\claude.ai/cb"],
    ["without slashes, which a browser reads as a path of ours", "https:claude.ai/cb"],
    ["with one slash", "https:/claude.ai/cb"],
    ["with three", "https:///claude.ai/cb"],
    ["with the scheme in capitals", "HTTPS://claude.ai/cb"],
    ["with the scheme of a script in capitals", "JaVaScRiPt://claude.ai/%0aalert(1)"],
    ["with a script", "javascript:alert(1)"],
    ["with data", "data:text/html,<script>alert(1)</script>"],
    ["with a file", "file:///etc/passwd"],
    ["with a view of a page's source", "view-source://claude.ai/cb"],
    ["with an intent of Android", "intent://claude.ai/cb"],
    ["with a wildcard for a host", "https://*.claude.ai/cb"],
    ["with a wildcard for a path", "https://claude.ai/*"],
    ["with a fragment", "https://claude.ai/cb#x"],
    ["with an empty fragment", "https://claude.ai/cb#"],
    ["with the host in escapes", "https://%63laude.ai/cb"],
    ["with a slash in escapes", "https://evil.example%2f.claude.ai/cb"],
    ["with a tab, which browsers leave out", "https://cla\tude.ai/cb"],
    ["with a line break", "https://claude.ai/cb\r\nset-cookie: a=b"],
    ["with a space before it", " https://claude.ai/cb"],
    ["with NUL", "https://claude.ai/\u0000cb"],
    ["with letters that look alike", "https://clаude.ai/cb"],
    ["with a full-width dot", "https://claude．ai/cb"],
    ["by http to elsewhere", "http://claude.ai/cb"],
    ["by http to a host that begins like loopback", "http://127.0.0.1.evil.example/cb"],
    ["by http to localhost of somebody", "http://localhost.evil.example/cb"],
    ["by http with loopback as user", "http://127.0.0.1@evil.example/cb"],
    ["that is no address", "/cb"],
    ["that is empty", ""],
    ["that is longer than anybody needs", `https://claude.ai/${"x".repeat(2000)}`],
  ])("is refused %s", async (_what, uri) => {
    const answer = await register({ redirect_uris: [uri] });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(/^invalid_(redirect_uri|client_metadata)$/);
    expect(await db().oauthClient.count({ where: { redirectUris: { has: uri.replaceAll("\u0000", "") } } })).toBe(0);
  });

  it.each([
    ["a subdomain", "https://evil.claude.ai/cb"],
    ["a host that ends alike", "https://notclaude.ai/cb"],
    ["a host that begins alike", "https://claude.ai.evil.example/cb"],
    ["the punycode of a look-alike", "https://xn--clude-3ve.ai/cb"],
    ["a scheme that begins alike", "cursor-evil://cb"],
    ["a listed place as path", "https://evil.example/claude.ai"],
    ["another loopback name", "http://localhost/cb"],
  ])("does not count as listed where it is %s", async (_what, uri) => {
    expect(await register({ redirect_uris: [uri] })).toMatchObject({ status: 403, body: { error: "access_denied" } });
  });

  it("has to be listed for each of several: one good one lets no other in", async () => {
    const redirect_uris = ["https://claude.ai/cb", "https://evil.example/cb"];
    expect(await register({ redirect_uris })).toMatchObject({ status: 403 });
  });

  it.each([[[]], [undefined], [null], ["https://claude.ai/cb"], [[1]], [[["https://claude.ai/cb"]]]])(
    "is one of a list of texts, not %j",
    async (redirect_uris) => {
      expect((await register({ redirect_uris })).status).toBe(400);
    },
  );
});

describe("the policy of clients that register themselves", () => {
  const policy = (registration: string) =>
    db().instance.update({ where: { id: 1 }, data: { registration, registrationPlaces: [] } });
  const anywhere = ["https://anybody.example/cb", "anyapp://cb", "http://localhost/cb"];

  it("open lets in whoever asks, wherever it redirects to: as a stranger that can do nothing until somebody agrees", async () => {
    await policy("open");
    const { status, body } = await register({ client_name: "Anybody", redirect_uris: anywhere });
    expect(status).toBe(201);
    expect(body.redirect_uris).toEqual(anywhere);
    expect(
      await db().agent.findUniqueOrThrow({
        where: { id: String(body.client_id) },
        include: { roles: true, grants: true, accessTokens: true },
      }),
    ).toMatchObject({ origin: "dynamic", ownerId: null, roles: [], grants: [], accessTokens: [] });
  });

  it("open takes no address that is dangerous in itself, and no flood", async () => {
    await policy("open");
    for (const uri of ["javascript:alert(1)", "http://anybody.example/cb", "https://*.example/cb"])
      expect(await register({ redirect_uris: [uri] })).toMatchObject({ status: 400 });
    for (let nth = 0; nth < 60; nth++) expect((await named(`Bot ${nth}`)).status).toBe(201);
    expect((await named("Bot 61")).status).toBe(429);
  });

  it.each(["listed", "off"])("%s lets none of them in, tells so and records it", async (registration) => {
    await policy(registration);
    for (const uri of anywhere) {
      const { result, entries } = await observe(() => register({ redirect_uris: [uri] }));
      expect(result).toMatchObject({ status: 403, body: { error: "access_denied" } });
      expect(entries).toMatchObject([{ action: "client.register", outcome: "denied" }]);
    }
  });
});

describe("the name of a client that registers itself", () => {
  it.each([
    ["a change of direction", "Claude \u202Etxt.exe"],
    ["isolates", "\u2066Claude\u2069"],
    ["a line break", "Claude\nApproved by your admin"],
    ["an escape sequence", "\u001b[2JClaude"],
    ["a lone surrogate", "Claude \ud800"],
    ["Cyrillic letters among Latin ones", "Clаude Code"],
    ["Greek letters among Latin ones", "Cursοr"],
    ["a heap of accents", `Claude${"\u0336".repeat(5)}`],
    ["more letters than anybody reads", "x".repeat(201)],
    ["what unfolds to more letters than anybody reads", "\ufdfa".repeat(100)],
    ["nothing that can be seen", "\u200b\u2060\ufeff\u3164"],
    ["nothing", ""],
    ["no text", { toString: "Claude" }],
  ])("is refused with %s", async (_what, name) => {
    expect(await named(name)).toMatchObject({ status: 400, body: { error: "invalid_client_metadata" } });
  });

  it.each([
    ["Cl\u200baude\u00ad Co\u2060de", "Claude Code"],
    ["Ｃｌａｕｄｅ Code", "Claude Code"],
    ["  Claude \u3000\u00a0 Code ", "Claude Code"],
    ["Claude\u{e0041}\u{e0042} Code", "Claude Code"],
    ["Кирилл", "Кирилл"],
    ["クロード コード", "クロード コード"],
    ["Cafe\u0301", "Café"],
  ])("is read as people see it: %j is %j", async (given, seen) => {
    const { status, body } = await named(given);
    expect(status).toBe(201);
    expect(body.client_name).toBe(seen);
    expect((await db().agent.findUniqueOrThrow({ where: { id: String(body.client_id) } })).name).toBe(seen);
  });

  it("gives nothing that another client of that name has", async () => {
    const first = await named("Claude Code");
    const second = await named("Claude Code");
    expect(first.body.client_id).not.toBe(second.body.client_id);
    const agents = await db().agent.findMany({
      where: { name: "Claude Code" },
      include: { roles: true, grants: true },
    });
    for (const agent of agents)
      expect(agent).toMatchObject({ origin: "dynamic", ownerId: null, roles: [], grants: [] });
  });
});

describe("what a client that registers itself cannot have", () => {
  it("is an id of its choice, a secret of its choice, a grant in its own name, or a place as registered", async () => {
    const { status, body } = await register({
      redirect_uris: ["http://127.0.0.1/cb"],
      client_id: "agt_mine",
      client_secret: "mine",
      token_endpoint_auth_method: "client_secret_basic",
      grant_types: ["authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
      scope: "tickets:admin",
      origin: "registered",
      software_statement: "eyJ.eyJ.x",
      default_max_age: 1,
      initiate_login_uri: "https://evil.example",
    });
    expect(status).toBe(201);
    expect(body.client_id).not.toBe("agt_mine");
    expect(body.client_secret).toMatch(/^gth_cs_/);
    expect(body.grant_types).toEqual(["authorization_code", "refresh_token"]);
    expect(body).not.toHaveProperty("scope");
    expect(await db().agent.findUnique({ where: { id: String(body.client_id) } })).toMatchObject({ origin: "dynamic" });
  });

  it.each([
    ["client_credentials alone", { grant_types: ["client_credentials"] }],
    ["the implicit grant alone", { grant_types: ["implicit"] }],
    ["the password grant alone", { grant_types: ["password"] }],
    ["a key without keys", { token_endpoint_auth_method: "private_key_jwt" }],
    ["a JWT under a shared secret", { token_endpoint_auth_method: "client_secret_jwt" }],
    ["keys in a file", { token_endpoint_auth_method: "private_key_jwt", jwks_uri: "file:///etc/passwd" }],
    [
      "a key with its private part",
      {
        token_endpoint_auth_method: "private_key_jwt",
        jwks: { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y", d: "secret" }] },
      },
    ],
    [
      "a shared secret as key",
      { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [{ kty: "oct", k: "c2VjcmV0" }] } },
    ],
    ["keys by http", { token_endpoint_auth_method: "private_key_jwt", jwks_uri: "http://127.0.0.1/jwks" }],
    [
      "more redirect addresses than anybody has",
      { redirect_uris: Array.from({ length: 51 }, (_, n) => `http://127.0.0.1/${n}`) },
    ],
  ])("is %s", async (_what, metadata) => {
    expect((await register({ redirect_uris: ["http://127.0.0.1/cb"], ...metadata })).status).toBe(400);
  });
});

describe("the body of a registration", () => {
  it.each(["", "[]", "null", '"x"', "{", "[".repeat(20_000), `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`])(
    "is refused where it is no object",
    async (body) => {
      const answer = await register(body);
      expect(answer).toMatchObject({ status: 400 });
    },
  );

  it("is refused where it is too long", async () => {
    expect((await register({ redirect_uris: ["http://127.0.0.1/cb"], padding: "x".repeat(60_000) })).status).toBe(413);
  });
});

describe("a flood of requests that nobody answers", () => {
  it("is forgotten whole once it is over, however many there were", async () => {
    await db().$executeRaw`
      INSERT INTO oauth_artifact (kind, key_hash, sealed, expires_at)
      SELECT 'Interaction', decode(md5(n::text) || md5(n::text), 'hex'), decode('00', 'hex'), now() - interval '1 s'
      FROM generate_series(1, 12000) n`;
    await reapAllOAuth(systemCtx());
    expect(await db().oauthArtifact.count({ where: { expiresAt: { lt: new Date() } } })).toBe(0);
  });
});

describe("a flood of clients", () => {
  it("ends for one address after sixty in a quarter of an hour, is told so, and recorded", async () => {
    for (let nth = 0; nth < 60; nth++) expect((await named(`Bot ${nth}`)).status).toBe(201);
    const before = await lastIdx();
    expect(await named("Bot 61")).toMatchObject({ status: 429, body: { error: "temporarily_unavailable" } });
    expect(await entriesSince(before)).toMatchObject([{ action: "client.register", outcome: "denied" }]);
  });

  it("makes room by forgetting those that waited longest, so that it keeps nobody out; one that was let in stays", async () => {
    await unused(2000, DAY_MS);
    expect((await named("Latecomer")).status).toBe(201);
    expect(await db().agent.count({ where: { name: { startsWith: "Flood" } } })).toBe(1800);
  });

  it("is refused where all of it came within the hour", async () => {
    await db().clientSecret.deleteMany({});
    await db().oauthClient.deleteMany({});
    await db().agent.deleteMany({ where: { origin: "dynamic" } });
    await unused(2000, 60_000);
    expect((await named("Latecomer")).status).toBe(429);
  });
});

/** So many clients that introduced themselves some time ago and that nobody let in. */
async function unused(many: number, agoMs: number): Promise<void> {
  const createdAt = new Date(Date.now() - agoMs);
  await db().agent.createMany({
    data: Array.from({ length: many }, (_, nth) => ({
      id: newId("agent"),
      name: `Flood ${nth}`,
      kind: "interactive" as const,
      origin: "dynamic" as const,
      createdAt,
    })),
  });
}
