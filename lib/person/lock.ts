import "server-only";
import { GatehouseError } from "@/lib/errors";
import type { VerbScope } from "@/lib/verb";

/** The person's row, locked until the transaction ends. Throws `person_not_found`, and `person_erased`: nothing more is done with them. */
export async function lockPerson(scope: Pick<VerbScope, "tx">, personId: string) {
  const row = await lockAnyPerson(scope, personId);
  if (row.erasedAt) throw new GatehouseError("person_erased");
  return row;
}

/** `lockPerson`, also of somebody erased. Throws `person_not_found`. */
export async function lockAnyPerson({ tx }: Pick<VerbScope, "tx">, personId: string) {
  await tx.$executeRaw`SELECT 1 FROM person WHERE id = ${personId} FOR UPDATE`;
  const row = await tx.person.findUnique({
    where: { id: personId },
    select: {
      id: true,
      email: true,
      name: true,
      consoleRole: true,
      status: true,
      passwordHash: true,
      erasedAt: true,
      _count: { select: { identities: true } },
    },
  });
  if (!row) throw new GatehouseError("person_not_found");
  return row;
}
