import "server-only";
import type { Tx } from "@/lib/db";
import { defineRead } from "@/lib/verb";
import type { Admission, PolicyDto, SecondFactorRequirement } from "./schema";

const SELECT = {
  registration: true,
  registrationPlaces: true,
  documents: true,
  documentHosts: true,
  approveClients: true,
  approveAdminScopes: true,
  refreshIdleSeconds: true,
  grantLifetimeSeconds: true,
  idleTimeoutSeconds: true,
  secretRotationDays: true,
  refuseOverdueSecrets: true,
  requireSecondFactor: true,
} as const;

/** The policy as it stands. The database lets its words be nothing else. */
export async function readPolicy(tx: Tx): Promise<PolicyDto> {
  const row = await tx.instance.findUniqueOrThrow({ where: { id: 1 }, select: SELECT });
  return {
    ...row,
    registration: row.registration as Admission,
    documents: row.documents as Admission,
    requireSecondFactor: row.requireSecondFactor as SecondFactorRequirement,
  };
}

/** The instance's policy: who may become a client, how long access lasts, who needs a second factor. */
export const getPolicy = defineRead({ action: "instance.read", permission: "policy.read" }, ({ db }, _input: void) =>
  readPolicy(db),
);
