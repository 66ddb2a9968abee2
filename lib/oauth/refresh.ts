import "server-only";
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Ctx } from "@/lib/ctx";
import { nowDate } from "@/lib/ctx";
import { db, type Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { giveNotice } from "@/lib/notice/give";
import { makeCredential } from "@/lib/token/format";
import { hashCandidates, hashCredential } from "@/lib/token/hash";
import { defineVerb } from "@/lib/verb";
import { endGrants } from "./end-grants";
import { insertAccessToken, lockIssuance, requireOwn, type NewAccessToken } from "./issue";

/**
 * How long after its exchange the token that was valid last may come back and get the very same successor: parallel
 * sessions of one client, and answers that were lost on their way, are no theft.
 */
export const GRACE_SECONDS = 30;

/** What a refresh token says; the engine's facts are its own (authentication time, acr). */
export type RefreshFacts = Record<string, unknown>;

/** A refresh token as it was found. */
export type FoundRefreshToken = {
  id: string;
  grantId: string;
  clientId: string;
  personId: string;
  resource: string;
  scope: string;
  jkt: string | null;
  facts: RefreshFacts;
  createdAtSeconds: number;
  expiresAtSeconds: number;
};

/** One by its value; null where there is none. Says nothing about whether it still counts. */
export async function findRefreshToken(value: string): Promise<FoundRefreshToken | null> {
  const row = await db().refreshToken.findFirst({
    where: { hash: { in: hashCandidates(value).map((hash) => new Uint8Array(hash)) } },
    include: {
      grant: {
        include: {
          server: { select: { resource: true } },
          agent: { select: { client: { select: { clientId: true } } } },
        },
      },
    },
  });
  if (!row) return null;
  const { grant } = row;
  return {
    id: row.id,
    grantId: grant.id,
    clientId: grant.agent.client?.clientId ?? "",
    personId: grant.personId,
    resource: grant.server.resource,
    scope: row.scope,
    jkt: row.jkt,
    facts: row.facts as RefreshFacts,
    createdAtSeconds: row.createdAt.getTime() / 1000,
    expiresAtSeconds: Math.min(row.expiresAt.getTime(), grant.expiresAt.getTime()) / 1000,
  };
}

/** Keeps the first refresh token of a grant: its keyed hash, and what it says. */
export async function startRefreshing(
  ctx: Ctx,
  value: string,
  terms: { grantId: string; scope: string; jkt: string | null; facts: RefreshFacts },
): Promise<void> {
  await db().refreshToken.create({
    data: {
      id: newId("refreshToken"),
      grantId: terms.grantId,
      hash: hashCredential(value).hash,
      scope: terms.scope,
      jkt: terms.jkt,
      facts: terms.facts as Record<string, string>,
      createdAt: nowDate(ctx),
      expiresAt: await idleEnd(ctx, db()),
    },
  });
}

/** When a refresh token ends that nobody uses, from now. */
async function idleEnd(ctx: Ctx, tx: Tx): Promise<Date> {
  const { refreshIdleSeconds } = await tx.instance.findUniqueOrThrow({
    where: { id: 1 },
    select: { refreshIdleSeconds: true },
  });
  return new Date(ctx.nowSeconds() * 1000 + refreshIdleSeconds * 1000);
}

type Locked = {
  id: string;
  generation: number;
  scope: string;
  jkt: string | null;
  facts: RefreshFacts;
  expired: boolean;
  rotatedAgoSeconds: number | null;
  sealedSuccessor: Uint8Array | null;
  newestGeneration: number;
};

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
    const { ctx, tx, record } = scope;
    requireOwn(ctx, accessToken.agentId);
    const { grantId } = accessToken;
    // The grant's row is everybody's first lock: refreshes of one family take turns.
    await tx.$executeRaw`SELECT 1 FROM oauth_grant WHERE id = ${grantId} FOR NO KEY UPDATE`;
    const parties = await lockIssuance(tx, accessToken);
    const hashes = hashCandidates(value);
    const [token] = await tx.$queryRaw<Locked[]>`
      SELECT t.id, t.generation, t.scope, t.jkt, t.facts, t.expires_at <= ${nowDate(ctx)} AS expired,
        extract(epoch FROM ${nowDate(ctx)} - t.rotated_at)::float8 AS "rotatedAgoSeconds", t.sealed_successor AS "sealedSuccessor",
        (SELECT max(generation) FROM refresh_token WHERE grant_id = t.grant_id) AS "newestGeneration"
      FROM refresh_token t WHERE t.hash = ANY(${hashes}) AND t.grant_id = ${grantId} FOR UPDATE`;
    if (!token) throw new GatehouseError("forbidden", { internal: "no such refresh token" });
    if (token.rotatedAgoSeconds === null) {
      if (token.expired) throw new GatehouseError("forbidden", { internal: "the refresh token has expired" });
      const successor = makeCredential("rt");
      await tx.refreshToken.update({
        where: { id: token.id },
        data: { rotatedAt: nowDate(ctx), sealedSuccessor: new Uint8Array(sealFor(value, successor)) },
      });
      await tx.refreshToken.create({
        data: {
          id: newId("refreshToken"),
          grantId: grantId ?? "",
          hash: hashCredential(successor).hash,
          generation: token.generation + 1,
          scope: token.scope,
          jkt: token.jkt,
          facts: token.facts as Record<string, string>,
          createdAt: nowDate(ctx),
          expiresAt: await idleEnd(ctx, tx),
        },
      });
      await insertAccessToken(scope, accessToken, parties, "oauth.refresh");
      return { outcome: "rotated", refreshToken: successor };
    }
    const successor = token.sealedSuccessor && openWith(value, token.sealedSuccessor);
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

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A key that only who holds the token has: what is sealed with it is worthless in a dump of the database. */
const keyOf = (token: string): Buffer => Buffer.from(hkdfSync("sha256", token, "gatehouse", "refresh-successor", 32));

function sealFor(token: string, successor: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(token), iv);
  const body = Buffer.concat([cipher.update(successor, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function openWith(token: string, sealed: Uint8Array): string | null {
  const bytes = Buffer.from(sealed);
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(token), bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
