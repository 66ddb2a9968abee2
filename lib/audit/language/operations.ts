import { AUDIT_ACTION_NAMES } from "../schema";

/** GitHub's kinds of operation. */
export const OPERATION_NAMES = [
  "access",
  "authentication",
  "create",
  "modify",
  "remove",
  "restore",
  "transfer",
] as const;
export type Operation = (typeof OPERATION_NAMES)[number];

const BY_VERB: Readonly<Record<string, Operation>> = {
  ...all("access", "read search export call validate introspect diagnose backup verify refuse"),
  ...all("authentication", "sign_in sign_out reauthenticate second_factor_ask second_factor recovery_code_use"),
  ...all("create", "create issue mint register import invite first_run accept_invitation give second_factor_enrol ask"),
  ...all("remove", "delete remove revoke revoke_many revoke_all archive disable suspend unassign unlink_identity"),
  ...all("remove", "second_factor_remove second_factor_reset secret_revoke forget end"),
  ...all("restore", "enable activate restore"),
  ...all("transfer", "assign exchange"),
};

const BY_ACTION: Readonly<Record<string, Operation>> = {
  "client.secret_issue": "create",
  "grant.refuse": "modify",
  "session.revoke": "remove",
  "instance.start": "access",
  "instance.stop": "access",
};

function all(operation: Operation, verbs: string): Record<string, Operation> {
  return Object.fromEntries(verbs.split(" ").map((verb) => [verb, operation]));
}

/** What kind of operation an action is. Whatever is none of the others modifies. */
export function operationOf(action: string): Operation {
  const verb = action.slice(action.indexOf(".") + 1);
  return BY_ACTION[action] ?? BY_VERB[verb] ?? "modify";
}

/** Every action of a kind of operation. */
export const actionsOf = (operation: Operation): string[] =>
  AUDIT_ACTION_NAMES.filter((action) => operationOf(action) === operation);
