import "server-only";
import { reach, type OwnablePermission } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { isId } from "@/lib/id";
import { defineRead } from "@/lib/verb";
import { effectiveScopes, openTools, type TokenKind } from "./effective";
import { loadTokens } from "./rows";
import type { TokenDetailDto, TokenDto } from "./schema";

/**
 * Throws `token_not_found` where the token is not there, and where the actor's permission reaches only what is theirs
 * and it is not.
 */
export function requireTheirs(
  ctx: Ctx,
  permission: OwnablePermission,
  token: { personId: string | null } | null | undefined,
): void {
  const within = reach(ctx, permission);
  if (!token) throw new GatehouseError("token_not_found");
  if (!within.all && token.personId !== within.personId)
    throw new GatehouseError("token_not_found", { refusal: true, internal: "not theirs" });
}

/** True where no call can succeed whatever the server: nothing is effective then. */
function isDead({ flags }: TokenDto): boolean {
  return (["revoked", "expired", "person_suspended", "agent_suspended", "role_missing", "role_archived"] as const).some(
    (flag) => flags.includes(flag),
  );
}

/**
 * What a token may do now, by server: the same pure code as decides. A token that is not valid yet shows what it will
 * do; one that is dead, and a server that is disabled, show nothing.
 */
async function readEffective(db: Tx, token: TokenDto): Promise<TokenDetailDto["effective"]> {
  const dead = isDead(token);
  const servers = await db.mcpServer.findMany({
    where: { tokens: { some: { tokenId: token.id } } },
    select: {
      id: true,
      name: true,
      status: true,
      scopes: { select: { name: true, access: true }, orderBy: { name: "asc" } },
      roleScopes: { where: { roleId: token.role.id }, select: { pattern: true } },
      tools: {
        select: { name: true, scopes: { select: { scope: { select: { name: true } } } } },
        orderBy: { name: "asc" },
      },
      tokens: {
        where: { tokenId: token.id },
        select: { scopes: { select: { scope: { select: { name: true } } } } },
      },
    },
    orderBy: { name: "asc" },
  });
  return servers.map((server) => {
    const own = server.tokens.flatMap(({ scopes }) => scopes.map(({ scope }) => scope.name));
    const names =
      dead || server.status === "disabled"
        ? []
        : effectiveScopes({
            kind: token.kind satisfies TokenKind,
            narrowed: token.scopes === null ? null : own,
            rolePatterns: server.roleScopes.map(({ pattern }) => pattern),
            offered: server.scopes,
          });
    const tools = server.tools.map(({ name, scopes }) => ({ name, scopes: scopes.map(({ scope }) => scope.name) }));
    return {
      serverId: server.id,
      serverName: server.name,
      scopes: server.scopes.filter(({ name }) => names.includes(name)),
      tools: openTools(tools, names).map(({ name }) => name),
    };
  });
}

/** The name behind `createdBy`, where it is a person or a token. */
async function nameOf(db: Tx, ref: string): Promise<string | null> {
  const where = { where: { id: ref }, select: { name: true } };
  if (ref.startsWith("per_")) return (await db.person.findUnique(where))?.name ?? null;
  if (ref.startsWith("tok_")) return (await db.token.findUnique(where))?.name ?? null;
  return null;
}

/** One token with what it may do now. Errors: `token_not_found`, also where it is not theirs to see. */
export const getToken = defineRead(
  {
    action: "token.read",
    permission: ["token.read", "token.read.own"],
    target: (input: { tokenId: string }) => ({ kind: "token", id: input.tokenId }),
  },
  async ({ ctx, db }, input): Promise<TokenDetailDto> => {
    const ids = isId("token", input.tokenId) ? [input.tokenId] : [];
    const [token] = await loadTokens(db, ids, ctx.nowSeconds());
    requireTheirs(ctx, "token.read", token && { personId: token.person?.id ?? null });
    if (!token) throw new GatehouseError("token_not_found");
    const [effective, activity, createdByName] = await Promise.all([
      readEffective(db, token),
      db.tokenActivity.findUnique({ where: { tokenId: token.id } }),
      nameOf(db, token.createdBy),
    ]);
    return {
      ...token,
      effective,
      activity: {
        lastUsedAt: activity?.lastUsedAt?.toISOString() ?? null,
        lastIp: activity?.lastIp ?? null,
        lastTool: activity?.lastTool ?? null,
        allowed: Number(activity?.allowed ?? 0),
        denied: Number(activity?.denied ?? 0),
      },
      createdByName,
    };
  },
);
