import "server-only";
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import type { Ctx } from "@/lib/ctx";
import { open, seal } from "@/lib/crypto/seal";
import { db } from "@/lib/db";
import { defineVerb } from "@/lib/verb";

/** What every OAuth token is signed with: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). */
export const SIGNING_ALGORITHM = "ES256";

const DAY_MS = 86_400_000;
/** A key signs for this long. */
const SIGNS_FOR_MS = 90 * DAY_MS;
/** A new key is published for this long before it signs: whoever keeps our key set a while has it by then. */
const PUBLISHED_AHEAD_MS = DAY_MS;
/** The last token that a key signed may live a day (`mcp_server_access_token_bounded`); then another for clocks. */
const PUBLISHED_AFTER_MS = 2 * DAY_MS;
/** A key is published until its successor says otherwise. */
const OPEN_END_MS = 3650 * DAY_MS;

/** A key as the engine signs with it: a private JWK (RFC 7517) with `kid`, `alg` and `use`. */
export type PrivateSigningKey = JsonWebKey & { kid: string; alg: string; use: string };

/** All keys that are published now. */
export type KeyRing = {
  /** The one that signs. */
  signer: string;
  /** The signer first. */
  privateKeys: readonly PrivateSigningKey[];
  publicKeys: ReadonlyMap<string, KeyObject>;
};

const sealedFor = (kid: string): string => `signing-key:${kid}`;

/**
 * Makes the first key, and the next one a day before the last has signed for ninety: any process may ask at any time, and
 * only one of them makes it. True where it did.
 */
export const rotateSigningKey = defineVerb(
  { action: "signing_key.rotate", permission: "server.write" },
  async ({ tx, ctx, record }, _input: void): Promise<boolean> => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('gatehouse.signing_key'))`;
    const newest = await tx.signingKey.findFirst({ orderBy: { activeFrom: "desc" } });
    const nowMs = ctx.nowSeconds() * 1000;
    if (newest && nowMs < newest.activeFrom.getTime() + SIGNS_FOR_MS - PUBLISHED_AHEAD_MS) return false;
    const activeFrom = new Date(newest ? nowMs + PUBLISHED_AHEAD_MS : nowMs);
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { d, ...publicPart } = privateKey.export({ format: "jwk" });
    const kid = await calculateJwkThumbprint(publicPart);
    await tx.signingKey.create({
      data: {
        kid,
        publicJwk: { ...publicPart, kid, alg: SIGNING_ALGORITHM, use: "sig" } as Record<string, string>,
        sealedPrivate: new Uint8Array(seal(d ?? "", sealedFor(kid))),
        activeFrom,
        publishedUntil: new Date(activeFrom.getTime() + OPEN_END_MS),
      },
    });
    if (newest)
      await tx.signingKey.update({
        where: { kid: newest.kid },
        data: { publishedUntil: new Date(activeFrom.getTime() + PUBLISHED_AFTER_MS) },
      });
    await tx.signingKey.deleteMany({ where: { publishedUntil: { lt: new Date(nowMs) } } });
    record({
      action: "signing_key.rotate",
      outcome: "success",
      target: { kind: "signing_key", id: kid },
      details: { activeFrom: activeFrom.toISOString(), predecessor: newest?.kid ?? null },
    });
    return true;
  },
);

/** Reads the keys that are published at a moment (Unix seconds). Throws where there is none that signs, or one cannot be opened. */
export async function readKeyRing(nowSeconds: number): Promise<KeyRing> {
  const now = new Date(nowSeconds * 1000);
  const rows = await db().signingKey.findMany({
    where: { publishedUntil: { gt: now } },
    orderBy: { activeFrom: "desc" },
  });
  const signer = rows.find(({ activeFrom }) => activeFrom <= now);
  if (!signer) throw new Error("there is no key to sign OAuth tokens with");
  const publicKeys = new Map<string, KeyObject>();
  const privateKeys = rows.map(({ kid, publicJwk, sealedPrivate }): PrivateSigningKey => {
    const d = open(sealedPrivate, sealedFor(kid));
    if (d === null) throw new Error(`the signing key ${kid} cannot be opened: was GATEHOUSE_SECRET changed?`);
    const jwk = { ...(publicJwk as JsonWebKey), d, kid, alg: SIGNING_ALGORITHM, use: "sig" };
    publicKeys.set(kid, createPublicKey(createPrivateKey({ key: jwk, format: "jwk" })));
    return jwk;
  });
  privateKeys.sort((a, b) => Number(b.kid === signer.kid) - Number(a.kid === signer.kid));
  return { signer: signer.kid, privateKeys, publicKeys };
}

// On globalThis because Next loads this module once per bundle.
const holder = globalThis as typeof globalThis & { __gatehouseKeyRing?: KeyRing };

/** The keys as this process read them last; null where it has not (only the authority does). */
export function knownKeyRing(): KeyRing | null {
  return holder.__gatehouseKeyRing ?? null;
}

/** Makes a key where one is due, and reads them all. */
export async function refreshKeyRing(ctx: Ctx): Promise<KeyRing> {
  await rotateSigningKey(ctx, undefined);
  return (holder.__gatehouseKeyRing = await readKeyRing(ctx.nowSeconds()));
}
