import "server-only";
import { GatehouseError } from "@/lib/errors";
import type { VerbScope } from "@/lib/verb";

/** The person's row, locked until the transaction ends. Throws `person_not_found`. */
export async function lockPerson({ tx }: Pick<VerbScope, "tx">, personId: string) {
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
      _count: { select: { identities: true } },
    },
  });
  if (!row) throw new GatehouseError("person_not_found");
  return row;
}
