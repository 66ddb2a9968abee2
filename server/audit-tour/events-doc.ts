import { format } from "prettier";
import { ACTION_FACTS } from "@/lib/audit/actions";
import { AUDIT_ACTIONS, type AuditAction } from "@/lib/audit/catalogue";
import type { SeenEntry } from "@/lib/testing/database";

const HEAD = `# Audit events

Every action that can stand in the audit log, with an entry that was really recorded. This page is made from
\`lib/audit/actions.ts\` and from a run of everything (\`server/audit-tour/\`) by \`npm run audit-events\`; a test fails where it is
stale. Ids, times, addresses of the run and other things that differ each time are written alike.

An entry is one JSON object (RFC 8785), whose exact text is hashed. Always in it:

| Field           | Meaning                                                                                                          |
| --------------- | ---------------------------------------------------------------------------------------------------------------- |
| \`v\`           | version of this layout: 3. Older ones stay readable. 2: names and addresses of people in clear. 1: besides, no \`code\`, and \`actor.sessionId\` and \`actor.keyId\` in place of \`actor.credential\` |
| \`id\`          | UUID of version 7                                                                                                |
| \`occurredAt\`  | when it happened, UTC, with microseconds. The index and \`recordedAt\` are given when it is written, beside the body |
| \`action\`, \`code\` | what it was. Codes never change and are never used again                                                  |
| \`outcome\`     | \`allow\`, \`deny\`: a decision about a call; \`success\`, \`failure\`: an act; \`denied\`: an act that was refused |
| \`reason\`      | why; of \`denied\` the code of the refusal ([API](api.md)) or \`bad_origin\`, unless said otherwise below     |
| \`actor\`       | who: \`person\`, \`agent\`, \`token\` (of the admin API), \`server\`, \`system\`, \`anonymous\`. With the \`credential\` that they used, and \`onBehalfOf\` where an agent or a token acts for a person |
| \`target\`      | what it was done to                                                                                              |
| \`source\`      | address, program, and the trusted \`proxies\` that the request came through, as the authority judged them     |
| \`requestId\`   | stands in answers and in the process's log as well                                                               |
| \`trace\`       | the caller's trace and span, where the request said so (W3C \`traceparent\`)                                   |

What else an action carries stands at each. \`server\` is the one server that is concerned, \`servers\` stands in its place where there are
several. \`arguments\` are redacted and cut; \`argumentsOmitted\` stands in their place where the server's level keeps none. \`details\` of a refusal may say why.

What is said of people (\`name\`, \`email\`, the \`subject\` of their account elsewhere) and the words of searches stand as commitments,
\`pd:\` or \`pdtext:\` and base64url of SHA-256(salt ‖ value): what they stand for is told beside the entry, and can be erased
([decision 024](decisions/024-what-an-entry-says.md)).
`;

/** Told alike in every run. In this order: what is longest and most particular first. */
const ALIKE: readonly [RegExp, string | ((nth: number) => string)][] = [
  [
    /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
    (nth) => `01930a5c-0000-7000-8000-${String(nth).padStart(12, "0")}`,
  ],
  [/\b(?:[a-z]{3})_[0-9a-z]{26}\b/g, (nth) => `01jd${String(nth).padStart(22, "0")}`],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, "2026-11-22T09:41:00.123456Z"],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, "2026-11-22T09:41:00.000Z"],
  [/(gth_[a-z]{2,3}_…)[0-9A-Za-z]{4}/g, "$1ab12"],
  [/(?<=^|\/\/)(?:localhost|127\.0\.0\.1):\d+/g, "127.0.0.1:4999"],
  [/\b([A-Z][a-z]+|person|tickets)([ -])\d+-\d+\b/g, "$1$2seventeen"],
  [/^(Client|Admin) [0-9a-z]{6}$/g, "$1 seventeen"],
  [/[0-9a-f]{8}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}/g, "5b3a9c10+51654511+AXkrvcJ6MZ1ZimshW8Ol2spGfGHllfOpmSGw0PTKYh1f"],
  [/^[0-9a-f]{8}$/g, "51654511"],
  [/^(pd(?:text)?:)[\w-]{43}$/g, "$1NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"],
  [/^[\w-]{43}$/g, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"],
];

/** Numbers of the moment. */
const PASSING = new Set(["durationMs", "waitedMs", "seq", "confirmedBy", "processes", "exchangedSecondsAgo", "belowIndex", "firstIndex"]); // prettier-ignore

/** A body with everything that differs from run to run written alike. */
class Steady {
  readonly #known = new Map<string, string>();

  value(value: unknown, key = ""): unknown {
    if (typeof value === "number") return PASSING.has(key) ? 1 : value;
    if (typeof value === "string") return this.#text(value, key);
    if (Array.isArray(value)) return value.map((item) => this.value(item, key));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.value(item, name)]));
  }

  #text(text: string, key: string): string {
    if (key === "to") return "/backup/gatehouse-monday";
    if (key === "account") return "hjG2cV9vQmM";
    return ALIKE.reduce((told, [pattern, by]) => {
      if (typeof by === "string") return told.replace(pattern, by);
      return told.replace(pattern, (found) => this.#numbered(found, by));
    }, text);
  }

  #numbered(found: string, by: (nth: number) => string): string {
    const known = this.#known.get(found);
    if (known !== undefined) return known;
    const prefix = /^[a-z]{3}_/.exec(found)?.[0] ?? "";
    const told = `${prefix}${by(this.#known.size + 1)}`;
    this.#known.set(found, told);
    return told;
  }
}

const BEST = ["success", "allow", "failure", "deny", "denied"];

/** The entry that shows an action best: one that came off, the first of its kind. */
function exampleOf(action: string, entries: readonly SeenEntry[]): SeenEntry | null {
  const own = entries.filter((entry) => entry.action === action);
  for (const outcome of BEST) {
    const found = own.find((entry) => entry.outcome === outcome);
    if (found) return found;
  }
  return null;
}

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

function section(action: AuditAction, entries: readonly SeenEntry[]): string {
  const { code: number, kind, outcomes, targets, carries, reasons } = ACTION_FACTS[action];
  const example = exampleOf(action, entries);
  const facts = [
    `Code ${number}`,
    kind,
    `outcomes ${code(outcomes)}`,
    ...(targets.length > 0 ? [`target ${code(targets)}`] : []),
    ...(carries.length > 0 ? [`carries ${code(carries)}`] : []),
    ...(reasons === "free" ? ["reason in somebody's words, or as the endpoint says"] : []),
    ...(reasons !== "free" && reasons.length > 0 ? [`reasons ${code(reasons)}`] : []),
  ];
  const body = example ? `\n\`\`\`json\n${JSON.stringify(new Steady().value(example.body), null, 2)}\n\`\`\`\n` : "";
  return `### ${action}\n\n${AUDIT_ACTIONS[action]}.\n\n${facts.join(" · ")}\n${body}`;
}

/** The actions that no entry shows. */
export const withoutExample = (entries: readonly SeenEntry[]): string[] =>
  Object.keys(ACTION_FACTS).filter((action) => exampleOf(action, entries) === null);

/** `docs/audit-events.md`, of what the catalogue says and these entries show. */
export function eventsPage(entries: readonly SeenEntry[]): Promise<string> {
  const actions = (Object.keys(ACTION_FACTS) as AuditAction[]).sort((a, b) => ACTION_FACTS[a].code - ACTION_FACTS[b].code);
  const list = actions.map((action) => `| ${ACTION_FACTS[action].code} | [\`${action}\`](#${action.replace(".", "")}) | ${AUDIT_ACTIONS[action]} |`);
  const table = `## All\n\n| Code | Action | Meaning |\n| --- | --- | --- |\n${list.join("\n")}\n`;
  const text = [HEAD, table, "## Each\n", ...actions.map((action) => section(action, entries))].join("\n");
  return format(text, { parser: "markdown", printWidth: 120 });
} // prettier-ignore
