import { getPolicy } from "@/lib/policy/instance";
import {
  ADMISSIONS,
  SECOND_FACTOR_REQUIREMENTS,
  updatePolicySchema,
  type PolicyDto,
  type UpdatePolicyInput,
} from "@/lib/policy/schema";
import { updatePolicy } from "@/lib/policy/update";
import { inputOf, type Command, type Flag, type Given, type Outcome } from "../command";
import { usageError } from "../failure";
import { numeric } from "../numeric";
import { table } from "../table";
import { yesNo } from "../yes-no";

type Field = keyof UpdatePolicyInput;
type Setting = { flag: string } & Omit<Flag, "type" | "required">;

const admission = (flag: string, help: string): Setting => ({ flag, value: ADMISSIONS.join("|"), help });
const switched = (flag: string, help: string): Setting => ({ flag, value: "yes|no", help });

/** What can be set, by the API's name of it. */
const SETTINGS: Record<Field, Setting> = {
  registration: admission("registration", "Who may register itself as an OAuth client"),
  registrationPlaces: {
    ...{ flag: "registration-place", multiple: true, value: "<host|scheme:>" },
    help: "Where such clients may go on to; '' for nowhere",
  },
  documents: admission("documents", "Whose client metadata documents count"),
  documentHosts: {
    ...{ flag: "document-host", multiple: true, value: "<host>" },
    help: "Hosts whose documents count; '' for none",
  },
  approveClients: switched("approve-clients", "An admin must agree to clients that introduced themselves"),
  approveAdminScopes: switched("approve-admin-scopes", "An admin must agree to scopes of access admin"),
  refreshIdleSeconds: {
    ...{ flag: "refresh-idle", value: "<seconds>" },
    help: "How long a refresh token lasts that nobody uses",
  },
  grantLifetimeSeconds: {
    ...{ flag: "grant-lifetime", value: "<seconds>" },
    help: "How long what a person agreed to lasts at most",
  },
  idleTimeoutSeconds: {
    ...{ flag: "idle-timeout", value: "<seconds|never>" },
    help: "How long an agent without a limit of its own may rest before its access ends",
  },
  secretRotationDays: {
    ...{ flag: "secret-rotation", value: "<days>" },
    help: "When a client secret is due to be replaced; 0: never",
  },
  refuseOverdueSecrets: switched("refuse-overdue-secrets", "Refuse client secrets that are overdue"),
  requireSecondFactor: {
    ...{ flag: "require-second-factor", value: SECOND_FACTOR_REQUIREMENTS.join("|") },
    help: "Who must have a second factor",
  },
};
const settings = Object.entries(SETTINGS) as [Field, Setting][];

const shown = (value: PolicyDto[Field]): string =>
  value === null
    ? "never"
    : typeof value === "boolean"
      ? value
        ? "yes"
        : "no"
      : Array.isArray(value)
        ? value.join(" ")
        : String(value);

const outcome = (policy: PolicyDto): Outcome => ({
  json: policy,
  text: table(
    ["SETTING", "VALUE"],
    settings.map(([field, { flag }]) => [flag, shown(policy[field])]),
  ),
});

const show: Command = {
  noun: "policy",
  verb: "show",
  summary: "Show the instance's policy",
  flags: {},
  examples: ["gatehouse policy show", "gatehouse policy show --json"],
  run: async (ctx) => outcome(await getPolicy(ctx, undefined)),
};

/** What was typed for a setting; undefined where it was left out. */
function given({ text, list }: Given, { flag, value, multiple }: Setting): unknown {
  if (multiple) return list(flag);
  if (value === "yes|no") return yesNo(text(flag));
  return value?.endsWith("|never>") && text(flag) === "never" ? null : numeric(text(flag));
}

const set: Command = {
  noun: "policy",
  verb: "set",
  summary: "Change the instance's policy; what is left out stays",
  flags: Object.fromEntries(settings.map(([, { flag, ...more }]) => [flag, { type: "string", ...more }])),
  examples: [
    "gatehouse policy set --registration listed --registration-place claude.ai --registration-place cursor:",
    "gatehouse policy set --secret-rotation 90 --refuse-overdue-secrets yes",
  ],
  run: async (ctx, typed) => {
    const input = inputOf(
      updatePolicySchema,
      Object.fromEntries(settings.map(([field, setting]) => [field, given(typed, setting)])),
    );
    if (Object.keys(input).length === 0)
      throw usageError("Name at least one setting. Try: gatehouse policy set --help");
    return outcome(await updatePolicy(ctx, input));
  },
};

export const policyCommands: readonly Command[] = [show, set];
