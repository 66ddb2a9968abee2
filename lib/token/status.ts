import type { TokenFlag, TokenStatus } from "./schema";

const DAY_SECONDS = 86_400;
/** A token that ends within this time is `expiring`. */
export const EXPIRING_WITHIN_SECONDS = 7 * DAY_SECONDS;
/** A token older than this that nobody has used is `never_used`. */
export const NEVER_USED_AFTER_SECONDS = 7 * DAY_SECONDS;
/** A token last used longer ago than this is `dormant`. */
export const DORMANT_AFTER_SECONDS = 30 * DAY_SECONDS;

/** What a token's state is told from. Times are Unix seconds. */
export type TokenFacts = {
  revoked: boolean;
  createdAt: number;
  notBefore: number | null;
  expiresAt: number;
  /** End of the overlap after a rotation. */
  retiresAt: number | null;
  lastUsedAt: number | null;
  personSuspended: boolean;
  agentSuspended: boolean;
  roleArchived: boolean;
  /** The holder (the person if there is one, else the agent) holds the role. */
  roleHeld: boolean;
  /** Its servers: whether each is disabled, and whether the token has any effective scope there. */
  servers: readonly { disabled: boolean; effective: boolean }[];
  rateLimited: boolean;
  addressLimited: boolean;
  /** A machine agent's own token whose agent lost its owner. */
  orphaned: boolean;
};

/**
 * True after a rotation's overlap. Somebody set that end, before the token's own: it reads as `revoked`, which is also
 * the word that validate answers. An overlap as long as the token's life changes nothing: such a token expires.
 */
function retired({ retiresAt, expiresAt }: TokenFacts, nowSeconds: number): boolean {
  return retiresAt !== null && retiresAt < expiresAt && nowSeconds >= retiresAt;
}

/** Everything that holds of a token now, in the order of `TOKEN_FLAGS`. */
export function tokenFlags(facts: TokenFacts, nowSeconds: number): TokenFlag[] {
  const over = nowSeconds >= facts.expiresAt;
  const revoked = facts.revoked || retired(facts, nowSeconds);
  const live = !revoked && !over;
  const truths: Record<TokenFlag, boolean> = {
    revoked,
    expired: over,
    person_suspended: facts.personSuspended,
    agent_suspended: facts.agentSuspended,
    server_disabled: facts.servers.some(({ disabled }) => disabled),
    role_missing: !facts.roleHeld,
    role_archived: facts.roleArchived,
    nothing_effective: !facts.servers.some(({ effective }) => effective),
    not_yet_valid: facts.notBefore !== null && nowSeconds < facts.notBefore,
    retiring: live && facts.retiresAt !== null,
    expiring: live && facts.expiresAt - nowSeconds <= EXPIRING_WITHIN_SECONDS,
    never_used: facts.lastUsedAt === null && nowSeconds - facts.createdAt > NEVER_USED_AFTER_SECONDS,
    dormant: facts.lastUsedAt !== null && nowSeconds - facts.lastUsedAt > DORMANT_AFTER_SECONDS,
    no_rate_limit: !facts.rateLimited,
    no_address_limit: !facts.addressLimited,
    orphaned: facts.orphaned,
  };
  return (Object.keys(truths) as TokenFlag[]).filter((flag) => truths[flag]);
}

/** True where the token lives and yet no call with it can succeed. */
function isBlocked(facts: TokenFacts): boolean {
  return (
    facts.personSuspended ||
    facts.agentSuspended ||
    facts.roleArchived ||
    !facts.roleHeld ||
    !facts.servers.some(({ disabled, effective }) => effective && !disabled)
  );
}

/** One word for a token's state: the first of `TOKEN_STATUSES` that applies. */
export function tokenStatus(facts: TokenFacts, nowSeconds: number): TokenStatus {
  const flags = new Set(tokenFlags(facts, nowSeconds));
  if (flags.has("revoked")) return "revoked";
  if (flags.has("expired")) return "expired";
  if (isBlocked(facts)) return "blocked";
  if (flags.has("not_yet_valid")) return "not_yet_valid";
  if (flags.has("retiring")) return "retiring";
  if (flags.has("expiring")) return "expiring";
  return "active";
}
