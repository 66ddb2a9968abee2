import type { Ctx } from "@/lib/ctx";
import { isId } from "@/lib/id";
import { createSavedSearch } from "@/lib/saved-search/create";
import { deleteSavedSearch } from "@/lib/saved-search/delete";
import { listSavedSearches } from "@/lib/saved-search/list";
import { createSavedSearchSchema, removeSavedSearchSchema, type SavedSearchDto } from "@/lib/saved-search/schema";
import { inputOf, type Command, type Given, type Outcome } from "../command";
import { CliError, EXIT, usageError } from "../failure";
import { resolve } from "../references";
import { table } from "../table";

const alertWords = ({ alert }: SavedSearchDto): string | null =>
  alert === null ? null : (alert.fault ?? `${alert.threshold} in ${alert.windowSeconds} s`);

async function list(ctx: Ctx): Promise<Outcome> {
  const page = await listSavedSearches(ctx, {});
  const rows = page.items.map((search) => [
    ...[search.id, search.name, search.owner.name, search.shared ? "yes" : "no", alertWords(search), search.query],
  ]);
  return { json: page, text: table(["ID", "NAME", "OWNER", "SHARED", "ALERT", "QUERY"], rows) };
}

async function add(ctx: Ctx, given: Given, [name, query]: readonly string[]): Promise<Outcome> {
  if (name === undefined || query === undefined) throw usageError("A name and a query are needed, each in quotes.");
  const [owner, threshold, windowSeconds] = [given.text("owner"), given.text("alert"), given.text("window")];
  if (owner === undefined) throw usageError("--owner is needed: whose search it is.");
  if (windowSeconds !== undefined && threshold === undefined) throw usageError("--window goes with --alert.");
  const input = inputOf(createSavedSearchSchema, {
    ...{ name, query, shared: given.on("shared"), ownerId: await resolve(ctx, "person", owner) },
    alert: threshold === undefined ? undefined : { threshold, ...(windowSeconds ? { windowSeconds } : {}) },
  });
  const made = await createSavedSearch(ctx, input);
  return { json: made, text: made.id };
}

async function find(ctx: Ctx, reference: string): Promise<string> {
  if (isId("savedSearch", reference)) return reference;
  const { items } = await listSavedSearches(ctx, {});
  const [first, second] = items.filter(({ name }) => name === reference);
  if (!first) throw new CliError(EXIT.notFound, "saved_search_not_found", `No saved search is called "${reference}".`);
  if (second) throw new CliError(EXIT.usage, "ambiguous", `Several are called "${reference}"; name one by its id.`);
  return first.id;
}

async function remove(ctx: Ctx, [reference]: readonly string[]): Promise<Outcome> {
  if (reference === undefined) throw usageError("Say which one, by its id or its name.");
  const input = inputOf(removeSavedSearchSchema, { savedSearchId: await find(ctx, reference) });
  await deleteSavedSearch(ctx, input);
  return { json: { removed: input.savedSearchId }, text: input.savedSearchId };
}

/** `gatehouse audit saved list|add|rm`. */
export const saved: Command = {
  noun: "audit",
  verb: "saved",
  summary: "List, keep and remove searches of the audit log; one may tell its owner when enough entries match",
  words: { usage: "list | add <name> <query> | rm <id|name>", min: 1, max: 3 },
  flags: {
    owner: { type: "string", value: "<id|email>", help: "Whose it is (add)" },
    shared: { type: "boolean", help: "Everybody who may read the log sees it; its alert tells the admins (add)" },
    alert: { type: "string", value: "<n>", help: "Tell when so many entries match (add)" },
    window: { type: "string", value: "<seconds>", help: "… within so long; 300 where left out (add)" },
  },
  examples: [
    "gatehouse audit saved list",
    "gatehouse audit saved add 'Refused writes' 'reason:insufficient_scope tool:close_*' --owner ana@example.com --alert 5",
    "gatehouse audit saved rm 'Refused writes'",
  ],
  run: (ctx, given) => {
    const [act, ...rest] = given.words;
    if (act === "list") return list(ctx);
    if (act === "add") return add(ctx, given, rest);
    if (act === "rm") return remove(ctx, rest);
    throw usageError(`There is no "audit saved ${act ?? ""}"; there is list, add and rm.`);
  },
};
