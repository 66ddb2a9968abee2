import type { Tone } from "@/components/ui/badge";
import type { TokenFlag, TokenStatus } from "@/lib/token/schema";

/** How the one word for a token's state looks. */
export const TOKEN_STATUS_LOOK: Record<TokenStatus, { tone: Tone; word: string }> = {
  active: { tone: "allow", word: "Active" },
  expiring: { tone: "expiring", word: "Expiring" },
  retiring: { tone: "rotating", word: "Rotating out" },
  not_yet_valid: { tone: "info", word: "Not yet valid" },
  blocked: { tone: "deny", word: "Blocked" },
  expired: { tone: "revoked", word: "Expired" },
  revoked: { tone: "revoked", word: "Revoked" },
};

/** Every flag in words, with what to do about it. */
export const TOKEN_FLAG_TEXT: Record<TokenFlag, { tone: Tone; label: string; remedy: string }> = {
  revoked: { tone: "revoked", label: "Revoked", remedy: "Mint a new token; this one stays refused." },
  expired: { tone: "revoked", label: "Expired", remedy: "Mint a new token; this one stays refused." },
  person_suspended: {
    tone: "deny",
    label: "Its person is suspended",
    remedy: "Activate the person, or mint it for another.",
  },
  agent_suspended: { tone: "deny", label: "Its agent is suspended", remedy: "Activate the agent." },
  server_disabled: { tone: "deny", label: "A server is disabled", remedy: "Enable the server." },
  role_missing: {
    tone: "deny",
    label: "Its holder lost the role",
    remedy: "Give the role back, or mint under another.",
  },
  role_archived: { tone: "deny", label: "Its role is archived", remedy: "Mint a new token under a live role." },
  nothing_effective: {
    tone: "deny",
    label: "Nothing is left that it may do",
    remedy: "Give its role a scope of its servers.",
  },
  not_yet_valid: { tone: "info", label: "Not yet valid", remedy: "It starts by itself." },
  retiring: { tone: "rotating", label: "Being rotated out", remedy: "Move its callers to the successor." },
  expiring: { tone: "expiring", label: "Expires soon", remedy: "Rotate it, or let it end." },
  never_used: { tone: "neutral", label: "Never used", remedy: "Store it where it is needed, or revoke it." },
  dormant: { tone: "expiring", label: "Long unused", remedy: "Revoke it if nobody needs it." },
  no_rate_limit: { tone: "neutral", label: "No rate limit", remedy: "Set one on its page." },
  no_address_limit: { tone: "neutral", label: "From any address", remedy: "Limit its addresses on its page." },
  orphaned: { tone: "expiring", label: "Its agent's owner left", remedy: "Give the agent a new owner." },
};
