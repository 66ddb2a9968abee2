import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from "jose";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { refreshKeyRing } from "@/lib/oauth/signing-keys";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeClient } from "./testing/client";
import { useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { connected, refreshing, validate, introspect } = useCompany(reach, issuer);

const DAY_MS = 86_400_000;
const jwks = async () => (await (await reach("/oauth/jwks")).json()) as JSONWebKeySet;
/** Everything that is kept of keys, as if so many days had gone by. */
const pass = (days: number) => db().$executeRaw`
  UPDATE signing_key SET active_from = active_from - ${days} * interval '1 day', published_until = published_until - ${days} * interval '1 day'`;
const reread = () => refreshKeyRing(systemCtx());

it("a rotation of the signing key interrupts nobody: published before it signs, old tokens verify after it", async () => {
  const client = await makeClient();
  const { body } = await connected(client);
  const old = body.access_token ?? "";
  const first = decodeProtectedHeader(old).kid;
  expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([first]);

  await pass(89.5);
  const { signer } = await reread();
  expect(signer).toBe(first);
  const ahead = await jwks();
  expect(ahead.keys).toHaveLength(2);

  await pass(1.1);
  expect((await reread()).signer).not.toBe(first);
  const next = await refreshing(client, body.refresh_token ?? "");
  const fresh = next.body.access_token ?? "";
  expect(decodeProtectedHeader(fresh).kid).not.toBe(first);
  // Who fetched the keys a day before knows the new one already; who fetches them now, the old one still.
  for (const keys of [ahead, await jwks()])
    for (const token of [old, fresh])
      expect((await jwtVerify(token, createLocalJWKSet(keys), { issuer: issuer(), typ: "at+jwt" })).payload.iss).toBe(
        issuer(),
      );
  for (const token of [old, fresh]) {
    expect(await validate(token)).toMatchObject({ active: true });
    expect(await introspect(token)).toMatchObject({ active: true });
  }

  await pass(2);
  await reread();
  expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([decodeProtectedHeader(fresh).kid]);
  expect(await validate(old)).toMatchObject({ active: false, reason: "unknown_token" });
  expect(await validate(fresh)).toMatchObject({ active: true });
});

it("the published keys never hold a private part", async () => {
  await db().signingKey.updateMany({ data: { activeFrom: new Date(Date.now() - 89.5 * DAY_MS) } });
  const { privateKeys } = await reread();
  const answer = await reach("/oauth/jwks");
  const text = await answer.text();
  const { keys } = JSON.parse(text) as JSONWebKeySet;
  expect(keys).toHaveLength(privateKeys.length);
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  for (const { d } of privateKeys) expect(text).not.toContain(d);
});
