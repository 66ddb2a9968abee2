import { BADGES } from "../badges/catalogue";
import { AUDIT_ACTIONS } from "../catalogue";
import type { Completion } from "./complete";
import { describe, QUALIFIER_NAMES, type QualifierName } from "./qualifiers";

/** A choice of a completion: the text that is put in, and what it means. */
export type Option = { text: string; detail: string };

const MAX_OPTIONS = 8;

const GROUPS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(AUDIT_ACTIONS).map((action) => {
    const group = action.slice(0, action.indexOf("."));
    return [`${group}.*`, `Everything that is done to or by a ${group.replaceAll("_", " ")}`];
  }),
);

const MEANINGS: Partial<Record<QualifierName, Readonly<Record<string, string>>>> = {
  action: { ...GROUPS, ...AUDIT_ACTIONS },
  badge: BADGES,
  outcome: {
    allow: "A call was let through",
    deny: "A call was refused",
    success: "It was done",
    failure: "It was tried, and failed",
    denied: "It was refused to whoever asked",
  },
  operation: {
    access: "Reading, asking, calling",
    authentication: "Signing in and out",
    create: "Making, issuing, inviting",
    modify: "Changing",
    remove: "Revoking, deleting, disabling",
    restore: "Enabling, activating again",
    transfer: "Assigning, exchanging",
  },
  kind: {
    person: "Somebody who signed in",
    token: "A token of the admin API",
    agent: "An OAuth client",
    server: "An MCP server, by its key",
    system: "Gatehouse itself",
    anonymous: "Nobody who could be told",
  },
  credential: {
    static: "A token that was minted",
    oauth: "An OAuth access token",
    server_key: "An MCP server's key",
    client_secret: "An OAuth client's secret",
    session: "A session of the console",
  },
  created: {
    "-1h": "The last hour",
    "-24h": "The last 24 hours",
    "-7d": "The last seven days",
    "-30d": "The last 30 days",
    today: "Since midnight, UTC",
    yesterday: "The day before today, UTC",
  },
  duration: { ">500": "More than half a second", ">1000": "More than a second" },
  actor: { system: "Gatehouse itself", anonymous: "Nobody who could be told" },
};

/** Reads as *any* or *none* of it; offered last. */
const ANY: Option = { text: "*", detail: "Any at all" };

/** Qualifiers whose values are read from the database. */
export const LOOKED_UP = ["actor", "person", "agent", "server", "token", "role", "target", "tool", "scope"] as const;
export type LookedUp = (typeof LOOKED_UP)[number];
export const isLookedUp = (name: QualifierName): name is LookedUp => (LOOKED_UP as readonly string[]).includes(name);

/** What can be chosen without asking anybody: qualifiers, and values of those whose values are known. */
export function optionsOf(
  completion: Completion,
  more: Partial<Record<QualifierName, readonly string[]>> = {},
): Option[] {
  const typed = completion.typed.toLowerCase();
  if (completion.kind === "qualifier")
    return QUALIFIER_NAMES.filter(
      (name) => name.startsWith(typed) || describe(name).aliases?.some((each) => each.startsWith(typed)),
    ).map((name) => ({ text: `${name}:`, detail: describe(name).help }));
  const { name } = completion;
  const known = [
    ...Object.entries(MEANINGS[name] ?? {}).map(([text, detail]) => ({ text, detail })),
    ...(more[name] ?? []).map((text) => ({ text, detail: "" })),
  ];
  const starting = known.filter(({ text }) => text.startsWith(typed));
  const having = known.filter(
    ({ text, detail }) => !text.startsWith(typed) && typed !== "" && `${text} ${detail}`.toLowerCase().includes(typed),
  );
  const any = typed === "" && !["action", "created", "outcome", "operation"].includes(name) ? [ANY] : [];
  return [...starting, ...having].slice(0, MAX_OPTIONS).concat(any);
}
