import { fieldError } from "@/lib/errors";
import { defaultLifetimeSeconds, longestLifetimeSeconds, type LifetimePolicy } from "@/lib/policy/lifetime";
import { resolveScopes } from "@/lib/role/resolve";
import type { TokenKind } from "./effective";
import type { Parties, PartyServer } from "./parties";
import type { MintTokenInput } from "./schema";

/** What a token may use on one of its servers, as it is minted. `narrowed` is null where it follows its role. */
export type ServerTerms = { server: PartyServer; narrowed: string[] | null; usable: PartyServer["offered"] };

/**
 * The servers of a new token in the order of `serverIds`. Errors, each for `serverIds.N`: `validation_failed` (named
 * twice, disabled), `server_not_found`, `builtin_server_alone`.
 */
export function requireServers(serverIds: readonly string[], servers: Parties["servers"]): PartyServer[] {
  const named = serverIds.map((id, i) => {
    const path = `serverIds.${i}`;
    const server = servers.get(id);
    if (!server) throw fieldError("server_not_found", path, "There is no such server.");
    if (serverIds.indexOf(id) !== i) throw fieldError("validation_failed", path, "This server is named twice.");
    if (server.disabled) throw fieldError("validation_failed", path, "This server is disabled. Enable it first.");
    return server;
  });
  const builtin = named.findIndex((server) => server.builtin);
  if (builtin >= 0 && named.length > 1)
    throw fieldError("builtin_server_alone", `serverIds.${builtin}`, "A token for the admin API is for nothing else.");
  return named;
}

/**
 * What the token may use on each server. A name that several of its servers offer narrows on each of them. Errors:
 * `role_without_scope_on_server` (`serverIds.N`), `scope_not_in_role` (`scopes.N`), `validation_failed` (`scopes`: a
 * list that is there must not be empty, an absent one means all of the role).
 */
export function requireScopes(servers: readonly PartyServer[], scopes: readonly string[] | undefined): ServerTerms[] {
  if (scopes?.length === 0)
    throw fieldError(
      "validation_failed",
      "scopes",
      "Name at least one scope, or leave the scopes out for all of the role.",
    );
  const given = servers.map((server, i) => {
    const usable = resolveScopes(server.rolePatterns, server.offered);
    if (usable.length === 0)
      throw fieldError("role_without_scope_on_server", `serverIds.${i}`, `The role gives nothing on ${server.name}.`);
    return { server, narrowed: null, usable };
  });
  if (!scopes) return given;
  const foreign = scopes.findIndex((name) => !given.some(({ usable }) => usable.some((scope) => scope.name === name)));
  if (foreign >= 0)
    throw fieldError(
      "scope_not_in_role",
      `scopes.${foreign}`,
      "The role does not give this scope on the named servers.",
    );
  return given.map(({ server, usable }, i) => {
    const kept = usable.filter(({ name }) => scopes.includes(name));
    if (kept.length === 0)
      throw fieldError(
        "role_without_scope_on_server",
        `serverIds.${i}`,
        `None of the chosen scopes is on ${server.name}. Choose one, or leave the server out.`,
      );
    return { server, narrowed: kept.map(({ name }) => name), usable: kept };
  });
}

/** `adm` for the admin API, else `ro` where everything that the token may use is `read`, else `rw`. */
export function kindOf(terms: readonly ServerTerms[]): TokenKind {
  if (terms.some(({ server }) => server.builtin)) return "adm";
  return terms.every(({ usable }) => usable.every(({ access }) => access === "read")) ? "ro" : "rw";
}

/** The policy for a token on these servers. */
export function lifetimePolicy(parties: Parties, servers: readonly PartyServer[]): LifetimePolicy {
  return {
    instanceMaxSeconds: parties.instanceMaxSeconds,
    instanceDefaultSeconds: parties.instanceDefaultSeconds,
    serverMaxSeconds: servers.map(({ maxSeconds }) => maxSeconds),
  };
}

/**
 * When a new token begins and ends. Its life counts from now, not from `notBefore`, so that nobody mints a stock for
 * years ahead. Errors: `expiry_beyond_policy` and `validation_failed`, for the field at fault.
 */
export function requireTimes(
  input: Pick<MintTokenInput, "expiresAt" | "expiresInSeconds" | "notBefore">,
  policy: LifetimePolicy,
  nowSeconds: number,
): { expiresAt: Date; notBefore: Date | null } {
  const longest = longestLifetimeSeconds(policy);
  const path = input.expiresAt !== undefined ? "expiresAt" : "expiresInSeconds";
  const lifetime =
    input.expiresAt !== undefined
      ? Date.parse(input.expiresAt) / 1000 - nowSeconds
      : (input.expiresInSeconds ?? defaultLifetimeSeconds(policy));
  if (lifetime <= 0) throw fieldError("validation_failed", path, "The expiry must be in the future.");
  if (lifetime > longest)
    throw fieldError("expiry_beyond_policy", path, `The policy allows ${describeSeconds(longest)} at most.`);
  const expiresAt =
    input.expiresAt !== undefined ? new Date(input.expiresAt) : new Date((nowSeconds + lifetime) * 1000);
  const notBefore = input.notBefore !== undefined ? new Date(input.notBefore) : null;
  if (notBefore && notBefore >= expiresAt)
    throw fieldError("validation_failed", "notBefore", "The token must begin before it ends.");
  return { expiresAt, notBefore };
}

function describeSeconds(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} days`;
  if (seconds % 3600 === 0) return `${seconds / 3600} hours`;
  return `${seconds} seconds`;
}
