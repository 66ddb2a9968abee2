import "server-only";
import type { TargetKind } from "@/lib/audit/catalogue";
import { may, requirePermission } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError, type ErrorCode } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { endOAuthAccess } from "@/lib/oauth/end-access";
import { defineVerb } from "@/lib/verb";
import { endTokens } from "./end";
import { requireTheirs } from "./get";
import type { RevocationDto, RevokeBy, RevokeInput } from "./schema";

type Many = Exclude<RevokeBy, "tokens">;

/**
 * By what many tokens are revoked: its kind, its code where it is not there, its row locked (so that a mint of the same
 * moment comes wholly before or after), and its tokens.
 */
const MANY: Record<
  Many,
  {
    kind: "agent" | "person" | "server" | "role";
    missing: ErrorCode;
    table: Prisma.Sql;
    tokens: (id: string) => Prisma.Sql;
  }
> = {
  agents: {
    kind: "agent",
    missing: "agent_not_found",
    table: Prisma.sql`agent`,
    tokens: (id) => Prisma.sql`t.agent_id = ${id}`,
  },
  people: {
    kind: "person",
    missing: "person_not_found",
    table: Prisma.sql`person`,
    tokens: (id) => Prisma.sql`t.person_id = ${id}`,
  },
  servers: {
    kind: "server",
    missing: "server_not_found",
    table: Prisma.sql`mcp_server`,
    tokens: (id) => Prisma.sql`t.id IN (SELECT token_id FROM token_server WHERE server_id = ${id})`,
  },
  roles: {
    kind: "role",
    missing: "role_not_found",
    table: Prisma.sql`role`,
    tokens: (id) => Prisma.sql`t.role_id = ${id}`,
  },
};

async function lockSubject(tx: Tx, by: Many, id: string): Promise<{ id: string; name: string }> {
  const { table, missing } = MANY[by];
  const [subject] = await tx.$queryRaw<{ id: string; name: string }[]>`
    SELECT id, name FROM ${table} WHERE id = ${id} FOR NO KEY UPDATE`;
  if (!subject) throw new GatehouseError(missing);
  return subject;
}

const targetOf = ({ by, id }: RevokeInput): { kind: TargetKind; id: string } => ({
  kind: by === "tokens" ? "token" : MANY[by].kind,
  id,
});

/**
 * Revokes one token, or every token of an agent, a person, a server (a token for several servers goes whole) or a role; with
 * an agent, a person and a server also what OAuth gave: grants, and with them all tokens that hang from them.
 * Only the token named goes: its successor or predecessor stays. Doing it again revokes nothing and leaves no entry.
 * For more than one token a person has proved their identity lately. Errors: `token_not_found` (also where it is not
 * theirs), `agent_not_found`, `person_not_found`, `server_not_found`, `role_not_found`, `reauthentication_required`.
 */
export const revokeTokens = defineVerb(
  {
    action: "token.revoke",
    permission: ["token.revoke", "token.revoke.own", "token.revoke.many"],
    recentAuthentication: (ctx: Ctx, input: RevokeInput) => input.by !== "tokens" && may(ctx, "token.revoke.many"),
    target: targetOf,
    foresee: async (ctx, db, { by, id, urgent }) => {
      if (by !== "tokens" || urgent) return [];
      const token = await db.token.findUnique({ where: { id }, select: { personId: true, revokedAt: true } });
      requireTheirs(ctx, "token.revoke", token);
      return token?.revokedAt ? [] : [{ kind: "token", id }];
    },
  },
  async (scope, input): Promise<RevocationDto> => {
    const { ctx, tx } = scope;
    const { by, id, urgent } = input;
    const reason = input.reason ?? null;
    if (by === "tokens") {
      const token = await tx.token.findUnique({ where: { id }, select: { personId: true } });
      requireTheirs(ctx, "token.revoke", token);
      return endTokens(scope, { which: Prisma.sql`t.id = ${id}`, reason, subject: { kind: "token", id }, urgent });
    }
    requirePermission(ctx, "token.revoke.many");
    const subject = await lockSubject(tx, by, id);
    const { kind, tokens } = MANY[by];
    const ended = await endTokens(scope, {
      which: tokens(id),
      reason,
      subject: { kind, id },
      urgent,
      summary: (revoked) => ({
        action: "token.revoke_many",
        outcome: "success",
        reason,
        target: { kind, ...subject },
        [kind]: subject,
        details: { revoked, urgent },
      }),
    });
    // What OAuth gave under a role, the role's end takes by itself.
    if (kind === "role") return ended;
    const { revoked } = ended;
    const access = await endOAuthAccess(scope, { subject: { kind, id }, reason, urgent });
    return access.revoked === 0
      ? Object.assign(ended, { revoked })
      : Object.assign(access, { revoked: revoked + access.revoked });
  },
);
