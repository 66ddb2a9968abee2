import "server-only";
import { allOf } from "@/app/_lib/all-of";
import type { PersonCtx } from "@/app/_lib/ctx";
import { listAgents } from "@/lib/agent/list";
import { listAgentsSchema, type AgentDto } from "@/lib/agent/schema";
import { listPeople } from "@/lib/person/list";
import { listPeopleSchema, type PersonDto } from "@/lib/person/schema";
import type { Holder } from "./_components/role-holders";

const fromPerson = ({ id, name, email, status, consoleRole }: PersonDto): Holder => ({
  kind: "person",
  id,
  name,
  description: email,
  suspended: status === "suspended",
  elevated: consoleRole === "owner" || consoleRole === "admin",
});

const fromAgent = ({ id, name, owner, status }: AgentDto): Holder => ({
  kind: "agent",
  id,
  name,
  description: owner ? `machine agent of ${owner.name}` : "machine agent",
  suspended: status === "suspended",
  elevated: false,
});

/** Who holds a role, and who could: people, and machine agents. */
export async function loadHolders(ctx: PersonCtx, roleId: string): Promise<{ held: Holder[]; others: Holder[] }> {
  const [people, agents] = await Promise.all([
    allOf((page) => listPeople(ctx, listPeopleSchema.parse(page))),
    allOf((page) => listAgents(ctx, listAgentsSchema.parse(page))),
  ]);
  const holds = (one: PersonDto | AgentDto) => one.roles.some((role) => role.id === roleId);
  const byName = (a: Holder, b: Holder) => a.name.localeCompare(b.name);
  return {
    held: [...people.filter(holds).map(fromPerson), ...agents.filter(holds).map(fromAgent)].sort(byName),
    others: [
      ...people.filter((one) => !holds(one) && one.status !== "suspended").map(fromPerson),
      ...agents.filter((one) => !holds(one) && one.kind === "machine" && !one.builtin).map(fromAgent),
    ].sort(byName),
  };
}
