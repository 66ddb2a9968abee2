import "server-only";
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose";
import { z } from "zod";
import type { Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { takeTurns } from "@/lib/limit/turns";
import type { OutgoingBounds } from "@/lib/outgoing/client";
import { ASKS_JSON, fetchOnce } from "@/lib/outgoing/fetch-once";
import { putArtifactOnce } from "./artifacts";

/** The type of an identity assertion (draft-ietf-oauth-identity-assertion-authz-grant). */
const ASSERTION_TYPE = "oauth-id-jag+jwt";
/** Asymmetric ones alone. */
const ALGORITHMS = ["ES256", "ES384", "PS256", "RS256", "Ed25519", "EdDSA"];
/** For the difference between their clock and ours. */
const TOLERANCE_SECONDS = 30;
/** An assertion is for at once; and as long as it counts, its id is kept. */
const MAX_LIFE_SECONDS = 3600;
const MAX_CHARS = 16_384;

/** What a good assertion says. */
export type Assertion = {
  issuer: string;
  subject: string;
  jti: string;
  resource: string;
  /** Null where it leaves that to us. */
  scopes: readonly string[] | null;
  expiresAtSeconds: number;
};

/** Why an assertion counts for nothing; for the log, and the client's developer. */
export class AssertionError extends Error {}

const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(500),
  jti: z.string().min(1).max(500),
  iat: z.number(),
  exp: z.number(),
  client_id: z.string(),
  resource: z.string().max(2000),
  scope: z.string().max(4000).optional(),
});

/**
 * Checks an identity assertion (ID-JAG): of an issuer that is trusted, by its key, for us, for this client, not expired. Whether it came before is
 * asked by `useAssertion`. Throws `AssertionError`.
 */
export async function checkAssertion(ctx: Ctx, assertion: string, clientId: string): Promise<Assertion> {
  const issuer = assertion.length > MAX_CHARS ? null : claimedIssuer(assertion);
  const trusted = issuer === null ? null : await db().trustedIssuer.findUnique({ where: { issuer } });
  if (!trusted?.enabled) throw new AssertionError("the assertion is of no issuer that is trusted here");
  const payload = await verifyBy(trusted.jwksUri, (keys) =>
    jwtVerify(assertion, createLocalJWKSet(keys), {
      algorithms: ALGORITHMS,
      typ: ASSERTION_TYPE,
      issuer: trusted.issuer,
      audience: env().GATEHOUSE_URL,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(ctx.nowSeconds() * 1000),
    }),
  );
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success)
    throw new AssertionError(`the assertion's ${parsed.error.issues[0]?.path.join(".") ?? "claims"} will not do`);
  const { iss, sub, jti, iat, exp, client_id, resource, scope } = parsed.data;
  if (Array.isArray(payload.aud) && payload.aud.length !== 1) throw new AssertionError("the assertion is for several");
  if (client_id !== clientId) throw new AssertionError("the assertion is for another client");
  const now = ctx.nowSeconds();
  if (iat > now + TOLERANCE_SECONDS || exp - now > MAX_LIFE_SECONDS)
    throw new AssertionError("the assertion's time will not do");
  const scopes = scope === undefined ? null : scope.split(" ").filter(Boolean);
  return { issuer: iss, subject: sub, jti, resource, scopes, expiresAtSeconds: exp };
}

/** Uses an assertion up; false where it was already. Of several at once exactly one succeeds. */
export function useAssertion({ issuer, jti, expiresAtSeconds }: Assertion): Promise<boolean> {
  const until = new Date((expiresAtSeconds + 2 * TOLERANCE_SECONDS) * 1000);
  return putArtifactOnce("ReplayDetection", `assertion ${JSON.stringify([issuer, jti])}`, until);
}

function claimedIssuer(assertion: string): string | null {
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === "string" && !iss.includes("\0") ? iss : null;
  } catch {
    return null;
  }
}

const BOUNDS: OutgoingBounds = { totalMs: 5_000, requestMs: 3_000, maxBytes: 256 * 1024 };
/** Keys count so long, and are not asked for more often than that because of a key that is not among them, ms. */
const KEPT_MS = 300_000;
const AGAIN_MS = 30_000;
const turn = takeTurns({ atOnce: 2, waiting: 50 });
const kept = new Map<string, { keys: JSONWebKeySet; readMs: number }>();

async function verifyBy(
  jwksUri: string,
  verify: (keys: JSONWebKeySet) => Promise<{ payload: JWTPayload }>,
): Promise<JWTPayload> {
  const known = kept.get(jwksUri);
  const age = known ? performance.now() - known.readMs : Infinity;
  try {
    return (await verify(known && age < KEPT_MS ? known.keys : await readKeys(jwksUri))).payload;
  } catch (error) {
    if (error instanceof AssertionError) throw error;
    const unknownKey = (error as { code?: string }).code === "ERR_JWKS_NO_MATCHING_KEY";
    if (!unknownKey || age < AGAIN_MS || age === Infinity) throw new AssertionError("the assertion is not signed by its issuer, not for us, or has expired", { cause: error }); // prettier-ignore
  }
  return verify(await readKeys(jwksUri)).then(
    ({ payload }) => payload,
    (cause: unknown) => Promise.reject(new AssertionError("the assertion is not signed by its issuer", { cause })),
  );
}

async function readKeys(jwksUri: string): Promise<JSONWebKeySet> {
  return turn(async () => {
    try {
      const keys = await fetchOnce(jwksUri, { init: ASKS_JSON, bounds: BOUNDS }, async (answer) => {
        if (answer.status !== 200) throw new Error(`status ${answer.status}`);
        return JSON.parse(await answer.text()) as JSONWebKeySet;
      });
      createLocalJWKSet(keys);
      kept.set(jwksUri, { keys, readMs: performance.now() });
      return keys;
    } catch (cause) {
      throw new AssertionError("the issuer's keys could not be read", { cause });
    }
  });
}
