import "server-only";
import type { Tx } from "@/lib/db";
import { defineRead } from "@/lib/verb";
import type { Admission, PolicyDto } from "./schema";

const SELECT = {
  registration: true,
  registrationPlaces: true,
  documents: true,
  documentHosts: true,
  approveClients: true,
  approveAdminScopes: true,
  refreshIdleSeconds: true,
  grantLifetimeSeconds: true,
  secretRotationDays: true,
  refuseOverdueSecrets: true,
} as const;

/** The policy as it stands. The database lets `registration` and `documents` be nothing else. */
export async function readPolicy(tx: Tx): Promise<PolicyDto> {
  const row = await tx.instance.findUniqueOrThrow({ where: { id: 1 }, select: SELECT });
  return { ...row, registration: row.registration as Admission, documents: row.documents as Admission };
}

/** The instance's policy for OAuth: who may become a client, and how long access lasts. */
export const getPolicy = defineRead({ action: "instance.read", permission: "policy.read" }, ({ db }, _input: void) =>
  readPolicy(db),
);
