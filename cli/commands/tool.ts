import { createTool } from "@/lib/tool/create";
import { importTools } from "@/lib/tool/import";
import { createToolSchema, importToolsSchema } from "@/lib/tool/schema";
import { inputOf, type Command } from "../command";
import { usageError } from "../failure";
import { resolve } from "../references";

const add: Command = {
  noun: "tool",
  verb: "add",
  summary: "Add a tool to a server by hand",
  flags: {
    server: { type: "string", required: true, value: "<id|slug>", help: "The server that has it" },
    name: { type: "string", required: true, value: "<name>", help: "Its name, as clients call it" },
    scope: { type: "string", multiple: true, value: "<scope,…>", help: "What callers need, all of them; none: closed" },
    description: { type: "string", value: "<text>", help: "A few words about it" },
  },
  examples: ["gatehouse tool add --server tickets --name list_tickets --scope tickets:read"],
  run: async (ctx, given) => {
    const tool = await createTool(
      ctx,
      inputOf(createToolSchema, {
        serverId: await resolve(ctx, "server", given.need("server")),
        name: given.need("name"),
        scopes: given.list("scope") ?? [],
        description: given.text("description"),
      }),
    );
    return { json: tool, text: tool.id };
  },
};

/** `Authorization: Bearer x` → its two halves. */
function parseHeader(text: string): [string, string] {
  const at = text.indexOf(":");
  if (at < 1) throw usageError("--header takes 'Name: value'.");
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

const importFromServer: Command = {
  noun: "tool",
  verb: "import",
  summary: "Import the tools of a live server, and see what changed since",
  words: { usage: "<id|slug|name>", min: 1, max: 1 },
  flags: {
    url: { type: "string", value: "<url>", help: "Its Streamable HTTP endpoint; the last one, or its resource" },
    header: {
      type: "string",
      multiple: true,
      value: "<'Name: value'>",
      help: "Sent along; never stored, never logged",
    },
    "dry-run": { type: "boolean", help: "Only look" },
    assign: { type: "string", value: "none|suggested", help: "suggested opens new tools by their own hints" },
  },
  examples: ["gatehouse tool import tickets --assign suggested", "gatehouse tool import tickets --dry-run --json"],
  run: async (ctx, given) => {
    const serverId = await resolve(ctx, "server", given.words[0] ?? "");
    const headers = given.list("header");
    const input = inputOf(importToolsSchema, {
      url: given.text("url"),
      headers: headers && Object.fromEntries(headers.map(parseHeader)),
      dryRun: given.on("dry-run"),
      assign: given.text("assign"),
    });
    const seen = await importTools(ctx, { ...input, serverId });
    const lines = [
      ...seen.added.map(({ name, suggestedScope }) => `added    ${name}  (${suggestedScope})`),
      ...seen.changed.map(({ name, fields }) => `changed  ${name}  (${fields.join(", ")})`),
      ...seen.removed.map(({ name }) => `removed  ${name}`),
      `${seen.unchanged} unchanged`,
    ];
    return { json: seen, text: lines.join("\n"), note: seen.dryRun ? "Nothing was changed." : undefined };
  },
};

export const toolCommands: readonly Command[] = [add, importFromServer];
