import { createPrivateKey } from "node:crypto";
import { calculateJwkThumbprint, SignJWT } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { anonymousCtx, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { judgeJwt } from "./jwt";
import { readKeyRing, refreshKeyRing, rotateSigningKey, SIGNING_ALGORITHM, type KeyRing } from "./signing-keys";

useTestDatabase();

const DAY = 86_400;
const START = 1_800_000_000;
/** The system, so many days after the first key was made. */
const after = (days: number) => systemCtx({ nowSeconds: () => START + days * DAY });
const rotate = (days: number) => rotateSigningKey(after(days), undefined);
const ring = (days: number) => readKeyRing(START + days * DAY);
const SECOND = 1 / DAY;

/** What the engine would issue, signed with the key that signs. */
function issue({ signer, privateKeys }: KeyRing): Promise<string> {
  const jwk = privateKeys[0];
  if (jwk?.kid !== signer) throw new Error("the signer stands first");
  return new SignJWT({})
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: "at+jwt", kid: signer })
    .setIssuer(env().GATEHOUSE_URL)
    .sign(createPrivateKey({ key: jwk, format: "jwk" }));
}

beforeEach(async () => {
  await db().signingKey.deleteMany({});
});

describe("the key that signs OAuth tokens", () => {
  it("is made where there is none, signs at once, and is recorded without its private part", async () => {
    const { result, entries } = await observe(() => rotate(0));
    expect(result).toBe(true);
    const { signer, privateKeys, publicKeys } = await ring(0);
    expect([...publicKeys.keys()]).toEqual([signer]);
    expect(entries).toMatchObject([
      { action: "signing_key.rotate", outcome: "success", targetId: signer, body: { details: { predecessor: null } } },
    ]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(privateKeys[0]?.d);
  });

  it("gets its successor a day before it has signed for ninety, and signs until then", async () => {
    await rotate(0);
    const first = (await ring(0)).signer;
    expect(await rotate(89 - SECOND)).toBe(false);
    expect(await rotate(89)).toBe(true);
    const ahead = await ring(89);
    expect(ahead.signer).toBe(first);
    expect(ahead.publicKeys.size).toBe(2);
    const second = [...ahead.publicKeys.keys()].find((kid) => kid !== first);
    expect((await ring(90 - SECOND)).signer).toBe(first);
    expect(await ring(90)).toMatchObject({ signer: second, privateKeys: [{ kid: second }, { kid: first }] });
    expect(await rotate(90)).toBe(false);
    expect(await rotate(90 + 89)).toBe(true);
  });

  it("is published a day ahead also where nobody was there to make it in time", async () => {
    await rotate(0);
    const first = (await ring(0)).signer;
    expect(await rotate(200)).toBe(true);
    const { signer, publicKeys } = await ring(201 - SECOND);
    expect([signer, publicKeys.size]).toEqual([first, 2]);
    expect((await ring(201)).signer).not.toBe(first);
  });

  it("is one for all who ask at the same moment", async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => rotate(0)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await db().signingKey.count()).toBe(1);
  });

  it("is nobody's to change but Gatehouse's own", async () => {
    const before = await lastIdx();
    await expect(rotateSigningKey(anonymousCtx(), undefined)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await db().signingKey.count()).toBe(0);
    expect(await entriesSince(before)).toMatchObject([{ action: "signing_key.rotate", outcome: "denied" }]);
  });
});

describe("what was signed with a key", () => {
  it("counts for two days after its successor began to sign, longer than any such token lives, and no longer", async () => {
    const token = await issue(await refreshKeyRing(after(0)));
    await refreshKeyRing(after(89));
    const { signer } = await refreshKeyRing(after(90));
    expect(judgeJwt(token)).toBeNull();
    const newer = await issue(await ring(90));
    expect(judgeJwt(newer)).toBeNull();
    await refreshKeyRing(after(92 - SECOND));
    expect(judgeJwt(token)).toBeNull();
    await refreshKeyRing(after(92));
    expect(judgeJwt(token)).toBe("unknown");
    expect(judgeJwt(newer)).toBeNull();
    // The next rotation forgets it.
    await rotate(90 + 89);
    expect(await db().signingKey.count({ where: { kid: signer } })).toBe(1);
    expect(await db().signingKey.count()).toBe(2);
  });

  it("is longer known than a token may live by any server's policy", async () => {
    const [bound] = await db().$queryRaw<{ definition: string }[]>`
      SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'mcp_server_access_token_bounded'`;
    const most = Math.max(...[...(bound?.definition ?? "").matchAll(/\d+/g)].map(([number]) => Number(number)));
    expect(most).toBeGreaterThan(0);
    await rotate(0);
    const first = (await ring(0)).signer;
    await rotate(89);
    const lastSigned = START + 90 * DAY - 1;
    expect((await readKeyRing(lastSigned)).signer).toBe(first);
    expect((await readKeyRing(lastSigned + most)).publicKeys.has(first)).toBe(true);
  });
});

describe("the private part of a key", () => {
  it("is sealed at rest, for this key alone, and beside it stands the public part only", async () => {
    await rotate(0);
    await rotate(89);
    const { privateKeys } = await ring(89);
    const rows = await db().signingKey.findMany({});
    expect(rows).toHaveLength(2);
    for (const { kid, publicJwk, sealedPrivate } of rows) {
      const d = privateKeys.find((key) => key.kid === kid)?.d ?? "";
      expect(d).toMatch(/^[\w-]{43}$/);
      for (const plain of [Buffer.from(d), Buffer.from(d, "base64url")])
        expect(Buffer.from(sealedPrivate).includes(plain)).toBe(false);
      expect(Object.keys(publicJwk as object).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
      expect(kid).toBe(await calculateJwkThumbprint(publicJwk as { kty: string }));
    }
    const [one, other] = rows;
    await db().signingKey.update({
      where: { kid: one?.kid ?? "" },
      data: { sealedPrivate: other?.sealedPrivate ?? new Uint8Array() },
    });
    await expect(ring(89)).rejects.toThrow("cannot be opened");
  });

  it("is not in the ring that tokens are verified with", async () => {
    await rotate(0);
    for (const key of (await ring(0)).publicKeys.values()) {
      expect(key.type).toBe("public");
      expect(key.export({ format: "jwk" })).not.toHaveProperty("d");
    }
  });
});
