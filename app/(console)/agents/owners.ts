import "server-only";
import { allOf } from "@/app/_lib/all-of";
import type { PersonCtx } from "@/app/_lib/ctx";
import type { EntityOption } from "@/components/entity/entity-picker";
import { listPeople } from "@/lib/person/list";
import { listPeopleSchema } from "@/lib/person/schema";

/** The people who can own an agent, by name; the asking one first. */
export async function loadOwners(ctx: PersonCtx): Promise<EntityOption[]> {
  const people = await allOf((page) => listPeople(ctx, listPeopleSchema.parse(page)));
  const self = (id: string) => id === ctx.actor.personId;
  return people
    .filter((person) => person.status !== "suspended")
    .sort((a, b) => Number(self(b.id)) - Number(self(a.id)) || a.name.localeCompare(b.name))
    .map(({ id, name, email }) => ({ value: id, label: self(id) ? `${name} (you)` : name, description: email }));
}
