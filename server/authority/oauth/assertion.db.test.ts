import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { searchAuditSchema } from "@/lib/audit/schema";
import { searchAudit } from "@/lib/audit/search";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { setIssuerSchema } from "@/lib/oauth/issuer-schema";
import { listTrustedIssuers, removeTrustedIssuer, setTrustedIssuer } from "@/lib/oauth/trusted-issuers";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makePerson, makeRole } from "@/lib/testing/make";
import { askToken, makeClient } from "./testing/client";
import { makeCompany, type Company } from "./testing/company";
import { askValidate, basicOf } from "./testing/connection";
import { useListener } from "./testing/listener";

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ISSUER = "https://idp.example.com";

useTestDatabase();
const { reach, issuer } = useListener();

type Key = { privateKey: CryptoKey; jwk: JWK };
async function makeKey(kid: string, alg = "ES256"): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

let its: Company;
let client: Awaited<ReturnType<typeof makeClient>>;
let key: Key;
let keysAt: string;
let provider: Server;
let published: JWK[] = [];
let reads = 0;
beforeAll(async () => {
  its = await makeCompany(reach);
  client = await makeClient({ authMethod: "client_secret_basic", grantTypes: ["authorization_code", JWT_BEARER] });
  key = await makeKey("k1");
  published = [key.jwk];
  provider = createServer((_request, response) => {
    reads++;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((listening) => provider.listen(0, "127.0.0.1", listening));
  keysAt = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks.json`;
  await db().trustedIssuer.create({ data: { issuer: ISSUER, jwksUri: keysAt, createdBy: "test" } });
  await link(its.person.id, "ada");
});
afterAll(() => provider.close());

const link = (personId: string, subject: string) =>
  db().personIdentity.create({ data: { id: newId("identity"), personId, issuer: ISSUER, subject } });

/** An assertion of the provider; what is given replaces what would be right, and `undefined` leaves it out. */
async function assertion(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = key) {
  const now = Math.floor(Date.now() / 1000);
  const right = {
    ...{ iss: ISSUER, sub: "ada", aud: issuer(), client_id: client.clientId, resource: its.server.resource },
    ...{ jti: newId("request"), iat: now, exp: now + 300, scope: "tickets:read" },
  };
  return new SignJWT({ ...right, ...claims })
    .setProtectedHeader({ alg: String(by.jwk.alg), typ: "oauth-id-jag+jwt", kid: by.jwk.kid, ...header })
    .sign(by.privateKey);
}
const ask = async (given: string | Promise<string>, more: Record<string, string> = {}, as = client) =>
  askToken(reach, { grant_type: JWT_BEARER, assertion: await given, ...more }, basicOf(as));

describe("an identity assertion (ID-JAG)", () => {
  it("lets an agent in for the person whose account that is, with one token and no refresh token, and is recorded", async () => {
    const before = await lastIdx();
    const { status, body } = await ask(assertion());
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: "Bearer", scope: "tickets:read" } });
    expect(body).not.toHaveProperty("refresh_token");
    const entries = await entriesSince(before);
    expect(entries.map(({ action }) => action)).toEqual(["grant.give", "oauth.issue"]);
    expect(entries[0]?.body).toMatchObject({
      actor: { kind: "agent", id: client.agentId },
      person: { id: its.person.id },
      details: { by: "identity assertion", issuer: ISSUER },
    });
    const token = body.access_token ?? "";
    expect(await askValidate(reach, its, { token, tool: "list_tickets" })).toMatchObject({
      decision: "allow",
      person: { id: its.person.id },
      agent: { id: client.agentId },
      scopes: ["tickets:read"],
    });
    expect(await askValidate(reach, its, { token, tool: "close_ticket" })).toMatchObject({ decision: "deny" });
    const grant = await db().oauthGrant.findFirstOrThrow({ where: { agentId: client.agentId }, include: { refreshTokens: true } }); // prettier-ignore
    expect(grant.refreshTokens).toEqual([]);
    expect(grant.expiresAt.getTime() - grant.createdAt.getTime()).toBeLessThanOrEqual(900_000);
  });

  it("gives no scope that an admin has not agreed to for this agent", async () => {
    const { write } = its.server.scopes;
    await db().scope.update({ where: { id: write.id }, data: { needsApproval: true } });
    try {
      const { body } = await ask(assertion({ scope: "tickets:read tickets:write" }));
      expect(body.scope).toBe("tickets:read");
      expect(await ask(assertion({ scope: write.name }))).toMatchObject({ body: { error: "invalid_scope" } });
    } finally {
      await db().scope.update({ where: { id: write.id }, data: { needsApproval: false } });
    }
  });

  it("counts once, of ten at the same moment too", async () => {
    const one = await assertion();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(one)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const { result, entries } = await observe(() => ask(one));
    expect(result).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(entries).toMatchObject([{ action: "oauth.refuse", reason: "invalid_grant" }]);
  });

  it("counts for nothing where it is not just as it must be", async () => {
    const now = Math.floor(Date.now() / 1000);
    const stranger = await makeKey("k1");
    const plain = new UnsecuredJWT({ iss: ISSUER, sub: "ada", aud: issuer() }).encode();
    for (const given of [
      "x",
      "",
      "x".repeat(17_000),
      plain,
      assertion({}, {}, stranger),
      assertion({}, { typ: "JWT" }),
      assertion({}, { typ: undefined }),
      assertion({ iss: "https://evil.example" }),
      assertion({ iss: `${ISSUER}/` }),
      assertion({ iss: undefined }),
      assertion({ aud: "https://elsewhere.example" }),
      assertion({ aud: [issuer(), "https://elsewhere.example"] }),
      assertion({ aud: undefined }),
      assertion({ client_id: "another" }),
      assertion({ client_id: undefined }),
      assertion({ exp: now - 60 }),
      assertion({ exp: undefined }),
      assertion({ exp: now + 7200 }),
      assertion({ iat: now + 120 }),
      assertion({ iat: undefined }),
      assertion({ nbf: now + 120 }),
      assertion({ jti: undefined }),
      assertion({ jti: "" }),
      assertion({ sub: "nobody" }),
      assertion({ sub: undefined }),
      assertion({ resource: undefined }),
    ]) {
      const { status, body } = await ask(given);
      expect([status, body.access_token]).toEqual([400, undefined]);
      expect(["invalid_grant", "invalid_request"]).toContain(body.error);
    }
    expect(await ask(assertion({ resource: "https://elsewhere.example/mcp" }))).toMatchObject({ body: { error: "invalid_target" } }); // prettier-ignore
    expect(await ask(assertion(), { resource: "https://elsewhere.example/mcp" })).toMatchObject({ body: { error: "invalid_target" } }); // prettier-ignore
  });

  it("gives no more than the person's roles do, nor than it says, nor than was asked for", async () => {
    const reader = await makeHolder((await makeRole([its.server.id], ["tickets:read"])).id);
    await link(reader.id, "reader");
    const both = "tickets:read tickets:write";
    expect((await ask(assertion({ sub: "reader", scope: both }))).body.scope).toBe("tickets:read");
    expect((await ask(assertion({ sub: "reader", scope: "tickets:write" }))).body.error).toBe("invalid_scope");
    expect((await ask(assertion(), { scope: both })).body.scope).toBe("tickets:read");
    expect((await ask(assertion({ scope: both }), { scope: "tickets:write" })).body.scope).toBe("tickets:write");
    expect((await ask(assertion({ scope: undefined }))).body.scope).toBe("tickets:read");
    expect((await ask(assertion({ scope: "" }))).body.error).toBe("invalid_scope");
    const nobody = await makePerson();
    await link(nobody.id, "without");
    expect((await ask(assertion({ sub: "without" }))).body.error).toBe("invalid_scope");
  });

  it("is for agents that an admin lets, and that prove who they are", async () => {
    const without = await makeClient({ authMethod: "client_secret_basic" });
    expect((await ask(assertion({ client_id: without.clientId }), {}, without)).status).toBe(400);
    expect((await ask(assertion(), {}, { ...client, secret: "wrong" })).status).toBe(401);
    const open = await makeClient({ grantTypes: ["authorization_code", JWT_BEARER] });
    const form = { grant_type: JWT_BEARER, client_id: open.clientId, assertion: await assertion({ client_id: open.clientId }) }; // prettier-ignore
    expect((await askToken(reach, form)).body.error).toBe("invalid_client");
  });

  it("counts for nothing for somebody who is suspended, nor of an issuer that is trusted no more", async () => {
    const gone = await makeHolder(its.role.id);
    await link(gone.id, "gone");
    expect((await ask(assertion({ sub: "gone" }))).status).toBe(200);
    await db().person.update({ where: { id: gone.id }, data: { status: "suspended", suspendedAt: new Date() } });
    expect((await ask(assertion({ sub: "gone" }))).body.error).toBe("invalid_grant");
    await db().trustedIssuer.update({ where: { issuer: ISSUER }, data: { enabled: false } });
    expect((await ask(assertion())).body.error).toBe("invalid_grant");
    await db().trustedIssuer.update({ where: { issuer: ISSUER }, data: { enabled: true } });
    expect((await ask(assertion())).status).toBe(200);
  });

  it("does not ask for the issuer's keys each time, however many unknown ones are named", async () => {
    await ask(assertion());
    const before = reads;
    const unknown = await makeKey("k9");
    await Promise.all(Array.from({ length: 10 }, () => ask(assertion({}, {}, unknown))));
    expect(reads).toBe(before);
  });

  it("is told of in the metadata", async () => {
    const metadata = (await (await reach("/.well-known/oauth-authorization-server")).json()) as Record<
      string,
      string[]
    >;
    expect(metadata.authorization_grant_profiles_supported).toEqual(["urn:ietf:params:oauth:grant-profile:id-jag"]);
    expect(metadata.grant_types_supported).toContain(JWT_BEARER);
  });
});

describe("setTrustedIssuer", () => {
  const input = { issuer: "https://other.example", jwksUri: "https://other.example/jwks", enabled: true };

  it("trusts, changes and trusts no more, with an entry each time that something changed", async () => {
    const first = await observe(() => setTrustedIssuer(systemCtx(), input));
    expect(first.result).toMatchObject(input);
    const target = { kind: "issuer", id: input.issuer, name: "other.example" };
    expect(first.entries).toMatchObject([{ action: "issuer.set", outcome: "success", body: { target } }]);
    expect((await observe(() => setTrustedIssuer(systemCtx(), input))).entries).toEqual([]);
    const off = await observe(() => setTrustedIssuer(systemCtx(), { ...input, enabled: false }));
    expect(off.entries).toMatchObject([{ body: { changes: [{ field: "enabled", before: true, after: false }] } }]);
  });

  it("tells what was before also where two set it at the same moment", async () => {
    const issuer = "https://at-once.example";
    const { entries } = await observe(() =>
      Promise.all([true, false].map((enabled) => setTrustedIssuer(systemCtx(), { ...input, issuer, enabled }))),
    );
    const before = entries.map(({ body }) => (body as { changes: { before: unknown }[] }).changes.at(-1)?.before);
    expect(before).toHaveLength(2);
    expect(before[0]).toBeNull();
    expect(before[1]).not.toBeNull();
  });

  it("says for how many active people a provider can speak", async () => {
    const { items } = await listTrustedIssuers(systemCtx(), {});
    const linked = await db().personIdentity.count({ where: { issuer: ISSUER, person: { status: "active" } } });
    expect(linked).toBeGreaterThan(0);
    expect(items.find(({ issuer }) => issuer === ISSUER)).toMatchObject({ linkedPeople: linked });
  });

  it("takes one off the list with an entry, once, and its word counts for nothing", async () => {
    const { issuer } = await setTrustedIssuer(systemCtx(), { ...input, issuer: "https://gone.example" });
    const gone = await observe(() => removeTrustedIssuer(systemCtx(), { issuer }));
    expect(gone.entries).toMatchObject([
      { action: "issuer.remove", outcome: "success", body: { target: { kind: "issuer", id: issuer } } },
    ]);
    const { items } = await searchAudit(systemCtx(), searchAuditSchema.parse({ target: issuer }));
    expect(items.map(({ action }) => action)).toEqual(["issuer.remove", "issuer.set"]);
    expect((await listTrustedIssuers(systemCtx(), {})).items.map((one) => one.issuer)).not.toContain(issuer);
    expect((await observe(() => removeTrustedIssuer(systemCtx(), { issuer }))).entries).toEqual([]);
  });

  it.each([
    ["issuer", { issuer: "http://login.example", jwksUri: "https://login.example/jwks" }],
    ["jwksUri", { issuer: "https://login.example", jwksUri: "login.example/jwks" }],
  ])("takes no %s that is not an https address", (path, bad) => {
    const { error } = setIssuerSchema.safeParse(bad);
    expect(error?.issues).toMatchObject([{ path: [path], message: "must be an https address" }]);
  });

  it("is the owners' alone, who have just proved who they are", async () => {
    const admin = await makePerson({ consoleRole: "admin" });
    const owner = await makePerson({ consoleRole: "owner" });
    const { error, entries } = await observe(() => setTrustedIssuer(personCtx(admin), input));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "issuer.set", outcome: "denied", targetId: input.issuer }]);
    const stale = personCtx(owner, { reauthenticatedAtSeconds: 0 });
    for (const act of [() => setTrustedIssuer(stale, input), () => removeTrustedIssuer(stale, input)])
      await expect(act()).rejects.toMatchObject({ code: "reauthentication_required" });
    const removal = await observe(() => removeTrustedIssuer(personCtx(admin), input));
    expect(removal.error).toMatchObject({ code: "forbidden" });
    expect(removal.entries).toMatchObject([{ action: "issuer.remove", outcome: "denied", targetId: input.issuer }]);
  });
});
