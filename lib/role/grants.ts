import "server-only";
import { may, refusal } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { fieldError } from "@/lib/errors";
import { isWildcard, matchesPattern } from "./resolve";
import type { CreateRoleInput } from "./schema";

/** One pattern of a role on one server. */
export type RolePattern = { serverId: string; pattern: string };

/** A role's patterns as people write them: `scopes` (with `serverIds`), `grants`, or both. */
export type WrittenPatterns = Partial<Pick<CreateRoleInput, "scopes" | "serverIds" | "grants">>;

type KnownServer = { id: string; slug: string; builtin: boolean; scopes: { name: string }[] };

/**
 * What is stored for the patterns as written, without doubles. Where `serverIds` is absent, each pattern goes to every
 * server but the built-in one that offers a match today. A pattern without a wildcard must name a scope that is
 * offered, unless the role (`present`) has it already: its scope may have gone since.
 * Errors: `server_not_found`, `unknown_scope`, `validation_failed`, each with its field.
 */
export async function readPatterns(
  tx: Tx,
  written: WrittenPatterns,
  present: readonly RolePattern[] = [],
): Promise<RolePattern[]> {
  const servers = await tx.mcpServer.findMany({
    select: { id: true, slug: true, builtin: true, scopes: { select: { name: true } } },
    orderBy: { id: "asc" },
  });
  const found = [...fromScopes(written, servers, present), ...fromGrants(written, servers, present)];
  return [...new Map(found.map((row) => [keyOf(row), row])).values()];
}

function fromScopes(
  { scopes = [], serverIds }: WrittenPatterns,
  servers: readonly KnownServer[],
  present: readonly RolePattern[],
): RolePattern[] {
  if (serverIds && scopes.length === 0 && serverIds.length > 0)
    throw fieldError("validation_failed", "scopes", "Say which scopes the role gives on these servers.");
  if (serverIds?.length === 0 && scopes.length > 0)
    throw fieldError("validation_failed", "serverIds", "Name at least one server, or leave the servers out.");
  const named = serverIds?.map((id, i) => knownServer(servers, id, `serverIds.${i}`));
  return scopes.flatMap((pattern, i) => {
    const takers = named
      ? named.filter((server) => isWildcard(pattern) || has(server, pattern, present))
      : servers.filter((server) => !server.builtin && has(server, pattern, present));
    if (takers.length === 0) throw unknownScope(`scopes.${i}`, pattern);
    return takers.map(({ id }) => ({ serverId: id, pattern }));
  });
}

function fromGrants(
  { grants = [] }: WrittenPatterns,
  servers: readonly KnownServer[],
  present: readonly RolePattern[],
): RolePattern[] {
  return grants.flatMap(({ serverId, scopes }, i) => {
    const server = knownServer(servers, serverId, `grants.${i}.serverId`);
    return scopes.map((pattern, j) => {
      if (!isWildcard(pattern) && !has(server, pattern, present))
        throw unknownScope(`grants.${i}.scopes.${j}`, pattern);
      return { serverId, pattern };
    });
  });
}

const keyOf = ({ serverId, pattern }: RolePattern) => `${serverId} ${pattern}`;

const offers = (server: KnownServer, pattern: string) =>
  server.scopes.some(({ name }) => matchesPattern(pattern, name));

const has = (server: KnownServer, pattern: string, present: readonly RolePattern[]) =>
  offers(server, pattern) || present.some((row) => row.serverId === server.id && row.pattern === pattern);

const unknownScope = (path: string, pattern: string) =>
  fieldError("unknown_scope", path, `No such server offers a scope that matches ${pattern}.`);

function knownServer(servers: readonly KnownServer[], id: string, path: string): KnownServer {
  const server = servers.find((candidate) => candidate.id === id);
  if (!server) throw fieldError("server_not_found", path, "There is no such server.");
  return server;
}

/** What is in `after` and not in `before`. */
export function patternsMissingFrom(before: readonly RolePattern[], after: readonly RolePattern[]): RolePattern[] {
  const known = new Set(before.map(keyOf));
  return after.filter((row) => !known.has(keyOf(row)));
}

/**
 * Throws `forbidden` where patterns on the built-in server are added by somebody who may not make admins: an agent's
 * admin token is bounded by its role alone, so whoever widens such a role could widen themselves.
 */
export async function requireMayGiveBuiltin(ctx: Ctx, tx: Tx, added: readonly RolePattern[]): Promise<void> {
  if (may(ctx, "person.elevate") || added.length === 0) return;
  const builtin = await tx.mcpServer.count({
    where: { builtin: true, id: { in: added.map(({ serverId }) => serverId) } },
  });
  if (builtin > 0) throw refusal(ctx, "person.elevate");
}

/** The servers of the patterns, as an audit entry names them. */
export async function serversOf(tx: Tx, patterns: readonly RolePattern[]): Promise<{ id: string; name: string }[]> {
  return tx.mcpServer.findMany({
    where: { id: { in: patterns.map(({ serverId }) => serverId) } },
    select: { id: true, name: true },
    orderBy: { id: "asc" },
  });
}

/** Patterns as an audit entry tells them: by server. */
export async function describePatterns(tx: Tx, patterns: readonly RolePattern[]) {
  const ids = [...new Set(patterns.map(({ serverId }) => serverId))];
  const servers = await tx.mcpServer.findMany({
    where: { id: { in: ids } },
    select: { id: true, slug: true },
    orderBy: { slug: "asc" },
  });
  return servers.map(({ id, slug }) => ({
    serverId: id,
    slug,
    patterns: patterns
      .filter(({ serverId }) => serverId === id)
      .map(({ pattern }) => pattern)
      .sort(),
  }));
}
