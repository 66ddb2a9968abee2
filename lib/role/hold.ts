import "server-only";
import { may, refusal } from "@/lib/authz/require";
import { actorRef } from "@/lib/ctx";
import { fieldError } from "@/lib/errors";
import type { VerbScope } from "@/lib/verb";

type Holder = { kind: "person" | "agent"; id: string; name: string };

/**
 * Throws `role_not_found` where a role is unknown or archived, for its field among `written` (the `roleIds` of the
 * request). Returns them by id, locked so that none is archived or widened until this transaction ends.
 */
async function requireRoles(
  { tx }: VerbScope,
  roleIds: readonly string[],
  written: readonly string[],
): Promise<Map<string, string>> {
  if (roleIds.length === 0) return new Map();
  const roles = await tx.$queryRaw<{ id: string; name: string; archived: boolean }[]>`
    SELECT id, name, archived_at IS NOT NULL AS archived FROM role WHERE id = ANY(${[...roleIds]}::text[]) ORDER BY id FOR SHARE`;
  const byId = new Map(roles.filter(({ archived }) => !archived).map((role) => [role.id, role.name]));
  const unknown = roleIds.find((id) => !byId.has(id));
  if (unknown !== undefined)
    throw fieldError("role_not_found", `roleIds.${written.indexOf(unknown)}`, "There is no such role.");
  return byId;
}

/**
 * An agent's own admin token is bounded by its role alone, no console role bounds it: so only who may make admins may
 * give an agent a role that reaches the built-in server. Throws `forbidden`.
 */
async function requireMayGiveToAgent({ ctx, tx }: VerbScope, roleIds: readonly string[]): Promise<void> {
  if (may(ctx, "person.elevate") || roleIds.length === 0) return;
  const reaching = await tx.roleScope.count({ where: { roleId: { in: [...roleIds] }, server: { builtin: true } } });
  if (reaching > 0) throw refusal(ctx, "person.elevate");
}

/** The roles, but the archived ones, that a holder has. */
async function heldRoles({ tx }: Pick<VerbScope, "tx">, holder: Pick<Holder, "kind" | "id">) {
  const select = { role: { select: { id: true, name: true } } };
  const role = { archivedAt: null };
  const rows =
    holder.kind === "person"
      ? await tx.personRole.findMany({ where: { personId: holder.id, role }, select })
      : await tx.agentRole.findMany({ where: { agentId: holder.id, role }, select });
  return rows.map((row) => row.role);
}

/**
 * Gives one role to a holder, or takes it, and leaves the others as they are. As `setRoles` otherwise: returns true where
 * it was taken. Errors: `role_not_found`, `forbidden`.
 */
export async function setRole(scope: VerbScope, holder: Holder, roleId: string, held: boolean): Promise<boolean> {
  const others = (await heldRoles(scope, holder)).map(({ id }) => id).filter((id) => id !== roleId);
  return setRoles(scope, holder, held ? [...others, roleId] : others);
}

/**
 * Makes `roleIds` the whole set of roles that a holder has, recording each one given and taken. Returns true where one
 * was taken: then tokens were narrowed. The caller holds the lock on the holder's row. What they held of archived roles
 * stays on record untouched. Errors: `role_not_found`, `forbidden`.
 */
export async function setRoles(scope: VerbScope, holder: Holder, roleIds: readonly string[]): Promise<boolean> {
  const { tx, ctx, record } = scope;
  const held = await heldRoles(scope, holder);
  const wanted = new Set(roleIds);
  const added = [...wanted].filter((id) => !held.some((role) => role.id === id));
  const taken = held.filter((role) => !wanted.has(role.id));
  const names = await requireRoles(scope, added, roleIds);
  if (holder.kind === "agent") await requireMayGiveToAgent(scope, added);
  const assignedBy = actorRef(ctx.actor);
  const takenIds = taken.map((role) => role.id);
  if (holder.kind === "person") {
    await tx.personRole.createMany({ data: added.map((roleId) => ({ personId: holder.id, roleId, assignedBy })) });
    await tx.personRole.deleteMany({ where: { personId: holder.id, roleId: { in: takenIds } } });
  } else {
    await tx.agentRole.createMany({ data: added.map((roleId) => ({ agentId: holder.id, roleId, assignedBy })) });
    await tx.agentRole.deleteMany({ where: { agentId: holder.id, roleId: { in: takenIds } } });
  }
  const about = holder.kind === "person" ? { person: holder } : { agent: holder };
  const target = { kind: holder.kind, id: holder.id, name: holder.name };
  for (const id of added)
    record({ action: "role.assign", outcome: "success", target, ...about, role: { id, name: names.get(id) } });
  for (const role of taken) record({ action: "role.unassign", outcome: "success", target, ...about, role });
  return taken.length > 0;
}
