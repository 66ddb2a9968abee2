import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import type { FieldChange } from "@/lib/audit/entry";
import { EVERYTHING } from "@/lib/lease/subject";
import { endsSooner } from "@/lib/oauth/idle";
import { defineVerb } from "@/lib/verb";
import { readPolicy } from "./instance";
import type { PolicyDto, UpdatePolicyInput } from "./schema";

/** What takes access from agents where it is switched on. */
const APPROVALS: ReadonlySet<string> = new Set<keyof UpdatePolicyInput>(["approveClients", "approveAdminScopes"]);

/** True where what was given before may be over by this change: an approval that is needed now, less rest that is allowed. */
const takesAccess = ({ field, before, after }: FieldChange): boolean =>
  field === "idleTimeoutSeconds"
    ? endsSooner(before as number | null, after as number | null)
    : APPROVALS.has(field) && Boolean(after);

/**
 * Changes the instance's policy; what is left out stays. It counts for what comes: clients that are known stay
 * known, and access that was given lasts as long as it was said then. What an admin must agree to, they must at once, for
 * what was given before too; an agent may rest no longer at once; and who needs a second factor needs it with their next request. Saying what is so already changes nothing.
 */
export const updatePolicy = defineVerb(
  {
    action: "instance.update",
    permission: "policy.write",
    recentAuthentication: true,
    target: () => ({ kind: "instance", id: "gatehouse" }),
  },
  async ({ tx, record, narrow }, input: UpdatePolicyInput): Promise<PolicyDto> => {
    await tx.$executeRaw`SELECT 1 FROM instance WHERE id = 1 FOR UPDATE`;
    const changes = changesBetween(await readPolicy(tx), input);
    if (changes.length > 0) {
      await tx.instance.update({ where: { id: 1 }, data: input });
      record({ action: "instance.update", outcome: "success", target: { kind: "instance", id: "gatehouse" }, changes });
      if (changes.some(takesAccess)) await narrow([EVERYTHING]);
    }
    return readPolicy(tx);
  },
);
