import "server-only";
import { actorRef } from "@/lib/ctx";
import { fieldError } from "@/lib/errors";
import type { VerbScope } from "@/lib/verb";

type Holder = { kind: "person" | "agent"; id: string; name: string };

/** Throws `role_not_found` (for the field `roleIds`) where a role is unknown or archived. Returns them by id. */
export async function requireRoles(scope: VerbScope, roleIds: readonly string[]): Promise<Map<string, string>> {
  const roles = await scope.tx.role.findMany({
    where: { id: { in: [...roleIds] }, archivedAt: null },
    select: { id: true, name: true },
  });
  const byId = new Map(roles.map((role) => [role.id, role.name]));
  const unknown = roleIds.findIndex((id) => !byId.has(id));
  if (unknown >= 0) throw fieldError("role_not_found", `roleIds.${unknown}`, "There is no such role.");
  return byId;
}

/**
 * Makes `roleIds` the whole set of roles that a holder has, recording each one given and taken. Returns true where one
 * was taken: then tokens were narrowed.
 */
export async function setRoles(scope: VerbScope, holder: Holder, roleIds: readonly string[]): Promise<boolean> {
  const { tx, ctx, record } = scope;
  const held =
    holder.kind === "person"
      ? await tx.personRole.findMany({
          where: { personId: holder.id },
          select: { role: { select: { id: true, name: true } } },
        })
      : await tx.agentRole.findMany({
          where: { agentId: holder.id },
          select: { role: { select: { id: true, name: true } } },
        });
  const wanted = new Set(roleIds);
  const added = [...wanted].filter((id) => !held.some(({ role }) => role.id === id));
  const taken = held.filter(({ role }) => !wanted.has(role.id)).map(({ role }) => role);
  const names = await requireRoles(scope, added);
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
