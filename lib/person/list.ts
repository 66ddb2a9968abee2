import "server-only";
import { z } from "zod";
import { reach } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { readPeople } from "./dto";
import type { ListPeopleInput, PersonDto } from "./schema";

const READ = { action: "person.read", permission: ["person.read", "person.read.own"] } as const;
const positionSchema = z.tuple([z.string()]);

/** The people who match, within what the asking person may see. */
export function peopleWhere(ctx: Ctx, filter: Omit<ListPeopleInput, "limit" | "cursor">): Prisma.PersonWhereInput {
  const { q, roleId, status, consoleRole } = filter;
  const within = reach(ctx, "person.read");
  return {
    status,
    consoleRole,
    roles: roleId ? { some: { roleId } } : undefined,
    AND: [
      within.all ? {} : { id: within.personId },
      q ? { OR: [{ name: { contains: q, mode: "insensitive" } }, { email: { contains: q.toLowerCase() } }] } : {},
    ],
  };
}

/** Lists people by id (so, by age), newest first. A member sees themself. Errors: `invalid_cursor`. */
export const listPeople = defineRead(READ, async ({ ctx, db }, input: ListPeopleInput): Promise<Page<PersonDto>> => {
  const { limit, cursor, q, roleId, status, consoleRole } = input;
  const list = `people:${JSON.stringify([q, roleId, status, consoleRole])}`;
  const after = cursor ? { id: { lt: decodeCursor(list, cursor, positionSchema)[0] } } : {};
  const people = await readPeople(ctx, db, {
    where: { AND: [peopleWhere(ctx, { q, roleId, status, consoleRole }), after] },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const last = people.length > limit ? people[limit - 1] : undefined;
  return { items: people.slice(0, limit), nextCursor: last ? encodeCursor(list, [last.id]) : null };
});

/** One person. Errors: `person_not_found`, also where it is not theirs to see. */
export const getPerson = defineRead(
  { ...READ, target: (input: { personId: string }) => ({ kind: "person" as const, id: input.personId }) },
  async ({ ctx, db }, input): Promise<PersonDto> => {
    const within = reach(ctx, "person.read");
    if (!within.all && input.personId !== within.personId)
      throw new GatehouseError("person_not_found", { refusal: true, internal: "not theirs" });
    const [person] = await readPeople(ctx, db, { where: { id: input.personId } });
    if (!person) throw new GatehouseError("person_not_found");
    return person;
  },
);
