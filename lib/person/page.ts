import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { CONSOLE_PAGE_SIZE, type NumberedPage } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { readPeople } from "./dto";
import { peopleWhere } from "./list";
import type { PagePeopleInput, PersonDto } from "./schema";

function orderBy({ sort, order }: PagePeopleInput): Prisma.PersonOrderByWithRelationInput[] {
  switch (sort) {
    case "name":
      return [{ name: order }, { id: order }];
    case "last_sign_in":
      return [{ lastSignInAt: { sort: order, nulls: "last" } }, { id: order }];
    case "created":
      return [{ id: order }];
  }
}

/**
 * A page of people by number, `CONSOLE_PAGE_SIZE` rows, with the exact total. Who never signed in stands last by
 * `last_sign_in`, in either direction. A page behind the last one is empty. A member sees themself.
 */
export const pagePeople = defineRead(
  { action: "person.read", permission: ["person.read", "person.read.own"] },
  async ({ ctx, db }, input: PagePeopleInput): Promise<NumberedPage<PersonDto>> => {
    const where = peopleWhere(ctx, input);
    const [total, items] = await Promise.all([
      db.person.count({ where }),
      readPeople(ctx, db, {
        where,
        orderBy: orderBy(input),
        take: CONSOLE_PAGE_SIZE,
        skip: (input.page - 1) * CONSOLE_PAGE_SIZE,
      }),
    ]);
    return { items, total, page: input.page, pageSize: CONSOLE_PAGE_SIZE };
  },
);
