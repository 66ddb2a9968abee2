import type { Owed } from "@/lib/ctx";
import type { ConsoleRole } from "@/lib/person/console-role";
import { isElevated } from "@/lib/person/elevated";
import type { SecondFactorRequirement } from "@/lib/policy/schema";
import { isMultiFactor } from "./classes";

/** True where the policy asks people of this console role for a second factor. */
export function isRequired(requirement: SecondFactorRequirement, consoleRole: ConsoleRole): boolean {
  return requirement === "everyone" || (requirement === "admins" && isElevated(consoleRole));
}

/**
 * What a session owes; null where nothing. Who has a second factor proves it at every sign-in, whatever the policy: only a
 * provider that asked for more than one factor itself stands in for it.
 */
export function owedBy(
  session: { amr: readonly string[]; hasSecondFactor: boolean; consoleRole: ConsoleRole },
  requirement: SecondFactorRequirement,
): Owed | null {
  if (isMultiFactor(session.amr)) return null;
  if (session.hasSecondFactor) return "code";
  return isRequired(requirement, session.consoleRole) ? "enrolment" : null;
}
