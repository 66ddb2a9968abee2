import "server-only";
import { hkdfSync } from "node:crypto";
import { openWith, sealWith } from "@/lib/crypto/seal";
import type { Ctx } from "@/lib/ctx";
import { nowDate } from "@/lib/ctx";
import { db, oneOf, queryAlone } from "@/lib/db";
import { newId } from "@/lib/id";
import { giveNotice } from "@/lib/notice/give";
import { makeCredential } from "@/lib/token/format";
import { hashCandidates, hashCredential } from "@/lib/token/hash";
import { defineVerb } from "@/lib/verb";
import { endGrants } from "./end-grants";
import { GRANT_FACTS, toGrantFacts, type GrantFacts, type GrantRow } from "./grant-facts";
import { insertAccessToken, lockIssuance, refused, requireOwn, type NewAccessToken } from "./issue";

/**
 * How long after its exchange the token that was valid last may come back and get the very same successor: parallel
 * sessions of one client, and answers that were lost on their way, are no theft.
 */
export const GRACE_SECONDS = 30;

/** What a refresh token says; the engine's facts are its own (authentication time, acr). */
export type RefreshFacts = Record<string, unknown>;

/** A refresh token as it was found. Times in Unix seconds. */
export type FoundRefreshToken = {
  scope: string;
  jkt: string | null;
  facts: RefreshFacts;
  createdAtSeconds: number;
  expiresAtSeconds: number;
  grant: GrantFacts;
};

const FIND = `
  SELECT t.scope, t.jkt, t.facts, extract(epoch FROM t.created_at)::float8 AS "createdAtSeconds",
    extract(epoch FROM least(t.expires_at, g.expires_at))::float8 AS "expiresAtSeconds", (${GRANT_FACTS}) AS grant
  FROM refresh_token t JOIN oauth_grant g ON g.id = t.grant_id WHERE t.hash = ${oneOf("$1::bytea[]")}`;

/** One by its value; null where there is none. Says nothing about whether it still counts. */
export async function findRefreshToken(value: string): Promise<FoundRefreshToken | null> {
  const values = [hashCandidates(value)];
  type Found = Omit<FoundRefreshToken, "grant"> & { grant: GrantRow };
  const [found] = await queryAlone<Found>({ name: "refresh-token", text: FIND, values });
  return found ? { ...found, grant: toGrantFacts(found.grant) } : null;
}

/** Keeps the first refresh token of a grant: its keyed hash, and what it says. */
export async function startRefreshing(
  ctx: Ctx,
  value: string,
  terms: { grantId: string; scope: string; jkt: string | null; facts: RefreshFacts },
): Promise<void> {
  const { refreshIdleSeconds } = await db().instance.findUniqueOrThrow({
    where: { id: 1 },
    select: { refreshIdleSeconds: true },
  });
  await db().refreshToken.create({
    data: {
      id: newId("refreshToken"),
      grantId: terms.grantId,
      hash: hashCredential(value).hash,
      scope: terms.scope,
      jkt: terms.jkt,
      facts: terms.facts as Record<string, string>,
      createdAt: nowDate(ctx),
      expiresAt: new Date((ctx.nowSeconds() + refreshIdleSeconds) * 1000),
    },
  });
}

type Locked = {
  id: string;
  generation: number;
  expired: boolean;
  rotatedAgoSeconds: number | null;
  sealedSuccessor: Uint8Array | null;
  newestGeneration: number;
};

const LOCK = `
  SELECT t.id, t.generation, t.expires_at <= $3 AS expired, extract(epoch FROM $3 - t.rotated_at)::float8 AS "rotatedAgoSeconds",
    t.sealed_successor AS "sealedSuccessor", (SELECT max(generation) FROM refresh_token WHERE grant_id = t.grant_id) AS "newestGeneration"
  FROM refresh_token t WHERE t.hash = ${oneOf("$1::bytea[]")} AND t.grant_id = $2 FOR UPDATE`;

/** The successor says what its predecessor said, and lives as long from now as the policy lets it that nobody uses it. */
const ROTATE = `
  WITH predecessor AS (UPDATE refresh_token SET rotated_at = $2, sealed_successor = $3 WHERE id = $1 RETURNING *)
  INSERT INTO refresh_token (id, grant_id, hash, generation, scope, jkt, facts, created_at, expires_at)
  SELECT $4, p.grant_id, $5, p.generation + 1, p.scope, p.jkt, p.facts, $2, $2 + make_interval(secs => i.refresh_idle_seconds)
  FROM predecessor p, instance i WHERE i.id = 1`;

/** What comes of a refresh token: its successor, or that it was stolen. */
export type Refreshed = { outcome: "rotated" | "replayed"; refreshToken: string } | { outcome: "reuse" };

/**
 * Exchanges a refresh token for its successor and the access token given. Under the lock of its grant's newest generation,
 * so that of any number at once the first rotates and the others, within `GRACE_SECONDS`, get the same successor. A token
 * that was exchanged earlier than that, or is older than the one valid last, was stolen or copied: the whole grant
 * ends, with an entry and a notice to the person and the admins, and the answer is `reuse`. Throws `forbidden` as `issueAccessToken` does, and where it is expired.
 */
export const refresh = defineVerb(
  {
    action: "oauth.refresh",
    permission: "oauth.issue",
    target: (input: { value: string; accessToken: NewAccessToken }) => ({
      kind: "agent",
      id: input.accessToken.agentId,
    }),
  },
  async (scope, { value, accessToken }): Promise<Refreshed> => {
    const { ctx, query, record } = scope;
    requireOwn(ctx, accessToken.agentId);
    const { grantId } = accessToken;
    // The grant is locked before its tokens are looked at: refreshes of one family take turns.
    const parties = await lockIssuance(query, accessToken, { inTurn: true });
    const [token] = await query<Locked>({
      name: "lock-refresh-token",
      text: LOCK,
      values: [hashCandidates(value), grantId, nowDate(ctx)],
    });
    if (!token) throw refused("no such refresh token");
    if (token.rotatedAgoSeconds === null) {
      if (token.expired) throw refused("the refresh token has expired");
      const successor = makeCredential("rt");
      const { hash } = hashCredential(successor);
      await query({
        name: "rotate-refresh-token",
        text: ROTATE,
        values: [token.id, nowDate(ctx), sealWith(keyOf(value), successor), newId("refreshToken"), hash],
      });
      await insertAccessToken(scope, accessToken, parties, "oauth.refresh");
      return { outcome: "rotated", refreshToken: successor };
    }
    const successor = token.sealedSuccessor && openWith(keyOf(value), token.sealedSuccessor);
    const immediate = token.generation + 1 === token.newestGeneration;
    if (successor && immediate && token.rotatedAgoSeconds <= GRACE_SECONDS) {
      await insertAccessToken(
        scope,
        { ...accessToken, grantType: "refresh_token (replayed)" },
        parties,
        "oauth.refresh",
      );
      return { outcome: "replayed", refreshToken: successor };
    }
    record({
      action: "oauth.reuse",
      outcome: "denied",
      reason: "refresh_token_reuse",
      target: { kind: "grant", id: grantId ?? "" },
      ...parties,
      details: {
        exchangedSecondsAgo: Math.round(token.rotatedAgoSeconds),
        generation: token.generation,
        newest: token.newestGeneration,
      },
    });
    await giveNotice(scope, "refresh_token_reuse", {
      grantId: grantId ?? "",
      personId: parties.person?.id ?? "",
      agentId: parties.agent.id,
      serverId: parties.server.id,
    });
    await endGrants(scope, { ids: [grantId ?? ""], reason: "A refresh token was used a second time.", urgent: true });
    return { outcome: "reuse" };
  },
);

/** A key that only who holds the token has: what is sealed with it is worthless in a dump of the database. */
const keyOf = (token: string): Buffer => Buffer.from(hkdfSync("sha256", token, "gatehouse", "refresh-successor", 32));
