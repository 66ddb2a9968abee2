import "server-only";
import { nowDate } from "@/lib/ctx";
import { fieldError, GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { grantSelect, toGrantDto } from "./grants";
import type { GrantDto, NarrowGrantInput } from "./schema";
import { requireTheirGrant } from "./their-grant";

/**
 * Takes scopes out of what a person let an agent do. From then on every token that hangs from it does without them, and so does
 * each that comes by its refresh tokens; to have them back the agent must ask. What it does not have is passed over, so that
 * doing it again changes nothing and leaves no entry. Errors: `grant_not_found`, also where it is somebody else's; `not_live`;
 * `validation_failed` (field `removeScopes`) where none would be left: that is to end it.
 */
export const narrowGrant = defineVerb(
  {
    action: "grant.narrow",
    permission: ["grant.revoke", "grant.revoke.own"],
    target: ({ id }: NarrowGrantInput) => ({ kind: "grant", id }),
    foresee: async (ctx, db, { id, removeScopes }) => {
      const grant = await db.oauthGrant.findUnique({
        where: { id },
        select: { personId: true, revokedAt: true, scopes: { select: { scope: { select: { name: true } } } } },
      });
      const { revokedAt, scopes } = requireTheirGrant(ctx, "grant.revoke", grant);
      return !revokedAt && scopes.some(({ scope }) => removeScopes.includes(scope.name)) ? [{ kind: "grant", id }] : [];
    },
  },
  async ({ ctx, tx, record, narrow }, { id, removeScopes, reason }): Promise<GrantDto> => {
    // Whoever issues a token under it waits, or has been waited for.
    await tx.$executeRaw`SELECT 1 FROM oauth_grant WHERE id = ${id} FOR UPDATE`;
    const read = () => tx.oauthGrant.findUnique({ where: { id }, select: { ...grantSelect, personId: true } });
    const before = requireTheirGrant(ctx, "grant.revoke", await read());
    const now = nowDate(ctx);
    const dto = toGrantDto(before, now);
    if (dto.status !== "live") throw new GatehouseError("not_live");
    const names = dto.scopes.map(({ name }) => name);
    const left = names.filter((name) => !removeScopes.includes(name));
    if (left.length === names.length) return dto;
    if (left.length === 0)
      throw fieldError("validation_failed", "removeScopes", "Nothing would be left of it: end it instead.");
    await narrow([{ kind: "grant", id }]);
    await tx.oauthGrantScope.deleteMany({ where: { grantId: id, scope: { name: { in: removeScopes } } } });
    const { person, agent, server } = dto;
    record({
      action: "grant.narrow",
      outcome: "success",
      reason: reason ?? null,
      target: { kind: "grant", id, name: agent.name },
      person,
      agent: { id: agent.id, name: agent.name },
      server: { id: server.id, name: server.name },
      changes: [{ field: "scopes", before: names, after: left }],
    });
    return toGrantDto(requireTheirGrant(ctx, "grant.revoke", await read()), now);
  },
);
