import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import { forgetUnused } from "./unused-clients";

const DAY_MS = 86_400_000;
/** Expired tokens stay a while: who presents one is told that it has expired, and the log may still be asked about it. */
const TOKENS_KEPT_MS = 7 * DAY_MS;
/** What was told and seen; the log keeps what it was about. */
const NOTICES_KEPT_MS = 90 * DAY_MS;
/** Rows of one kind in one go. */
const AT_ONCE = 5_000;

/** How many rows of each kind were forgotten. */
export type Reaped = {
  artifacts: number;
  proofs: number;
  accessTokens: number;
  refreshTokens: number;
  notices: number;
  clients: number;
};

/**
 * Forgets what is over: engine artifacts, used proofs and tokens that have expired, notices that were seen long ago, and clients that
 * registered themselves and that nobody ever let in. One with a grant, even an ended one, stays: it is told who it is when it comes back.
 */
export const reapOAuth = defineVerb(
  { action: "client.forget", permission: "agent.write" },
  async ({ ctx, tx, record }, _input: void): Promise<Reaped> => {
    const now = nowDate(ctx);
    const before = (ms: number) => new Date(now.getTime() - ms);
    const artifacts = await tx.$executeRaw`
      DELETE FROM oauth_artifact WHERE (kind, key_hash) IN
        (SELECT kind, key_hash FROM oauth_artifact WHERE expires_at < ${now} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    const proofs = await tx.$executeRaw`
      DELETE FROM dpop_proof WHERE id IN
        (SELECT id FROM dpop_proof WHERE expires_at < ${now} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    const accessTokens = await tx.$executeRaw`
      DELETE FROM access_token WHERE id IN
        (SELECT id FROM access_token WHERE expires_at < ${before(TOKENS_KEPT_MS)} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    const refreshTokens = await tx.$executeRaw`
      DELETE FROM refresh_token WHERE id IN
        (SELECT id FROM refresh_token WHERE expires_at < ${before(TOKENS_KEPT_MS)} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    const notices = await tx.$executeRaw`
      DELETE FROM notice WHERE id IN
        (SELECT id FROM notice WHERE seen_at < ${before(NOTICES_KEPT_MS)} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    const clients = await forgetUnused({ ctx, tx, record });
    return { artifacts, proofs, accessTokens, refreshTokens, notices, clients };
  },
);

/** More rounds than this are left for the next time: other jobs want the database too. */
const MAX_ROUNDS = 200;

/** `reapOAuth` until nothing is left that is over: anybody may make such rows, and faster than one round takes them away. */
export async function reapAllOAuth(ctx: Ctx): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { clients: _all, ...reaped } = await reapOAuth(ctx, undefined);
    if (Math.max(...Object.values(reaped)) < AT_ONCE) return;
  }
}
