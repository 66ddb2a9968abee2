import { issueKey } from "@/lib/key/issue";
import { issueKeySchema } from "@/lib/key/schema";
import { createServer } from "@/lib/server/create";
import { listServers } from "@/lib/server/list";
import { createServerSchema, listServersSchema, updateServerSchema } from "@/lib/server/schema";
import { updateServer } from "@/lib/server/update";
import { inputOf, SHOWN_ONCE, type Command, type Flags } from "../command";
import { usageError } from "../failure";
import { pageFlags, pageOutcome } from "../listing";
import { resolve } from "../references";

/** `tickets:read=read` → a scope and its access. */
function parseScope(text: string): { name: string; access: string } {
  const at = text.lastIndexOf("=");
  if (at < 1) throw usageError(`--scope takes name=access, like tickets:read=read, and not "${text}".`);
  return { name: text.slice(0, at), access: text.slice(at + 1) };
}

const levelFlag = {
  "audit-level": {
    type: "string",
    value: "full|metadata",
    help: "metadata keeps no arguments of its calls in the audit log; each call is recorded at either",
  },
} as const satisfies Flags;

const add: Command = {
  noun: "server",
  verb: "add",
  summary: "Register an MCP server",
  flags: {
    name: { type: "string", required: true, value: "<text>", help: "What people call it" },
    resource: { type: "string", required: true, value: "<uri>", help: "Its canonical URI: the audience of its tokens" },
    slug: { type: "string", value: "<slug>", help: "Short name; made from the name where left out" },
    description: { type: "string", value: "<text>", help: "A few words about it" },
    ...levelFlag,
    scope: { type: "string", multiple: true, value: "<name=access>", help: "A scope, its access read, write or admin" },
  },
  examples: [
    "gatehouse server add --name Tickets --resource https://tickets.example.com/mcp --scope tickets:read=read --scope tickets:write=write",
  ],
  run: async (ctx, given) => {
    const server = await createServer(
      ctx,
      inputOf(createServerSchema, {
        name: given.need("name"),
        resource: given.need("resource"),
        slug: given.text("slug"),
        description: given.text("description"),
        scopes: given.list("scope")?.map(parseScope),
        auditLevel: given.text("audit-level"),
      }),
    );
    return { json: server, text: server.id };
  },
};

const update: Command = {
  noun: "server",
  verb: "update",
  summary: "Change an MCP server; what is left out stays",
  words: { usage: "<id|slug|name>", min: 1, max: 1 },
  flags: {
    name: { type: "string", value: "<text>", help: "What people call it" },
    description: { type: "string", value: "<text>", help: "A few words about it" },
    ...levelFlag,
  },
  examples: ["gatehouse server update tickets --audit-level metadata"],
  run: async (ctx, given) => {
    const serverId = await resolve(ctx, "server", given.words[0] ?? "");
    const input = inputOf(updateServerSchema, {
      name: given.text("name"),
      description: given.text("description"),
      auditLevel: given.text("audit-level"),
    });
    const server = await updateServer(ctx, { ...input, serverId });
    return { json: server, text: `${server.slug}: audit level ${server.auditLevel}` };
  },
};

const list: Command = {
  noun: "server",
  verb: "list",
  summary: "List MCP servers",
  flags: {
    q: { type: "string", value: "<text>", help: "Only those with this text in name, slug or resource" },
    status: { type: "string", value: "active|disabled", help: "Only those in this state" },
    builtin: { type: "boolean", help: "With the built-in server, the admin API itself" },
    ...pageFlags,
  },
  examples: ["gatehouse server list", "gatehouse server list --q tickets --json"],
  run: (ctx, given) =>
    pageOutcome(
      given,
      (page) =>
        listServers(ctx, {
          ...inputOf(listServersSchema, { q: given.text("q"), status: given.text("status"), ...page }),
          includeBuiltin: given.on("builtin"),
        }),
      ["ID", "SLUG", "STATUS", "TOOLS", "TOKENS", "RESOURCE"],
      (server) => [
        ...[server.id, server.slug, server.status],
        ...[server.counts.tools, server.counts.liveTokens, server.resource],
      ],
    ),
};

const key: Command = {
  noun: "server",
  verb: "key",
  summary: "Issue the key with which an MCP server calls Gatehouse",
  words: { usage: "<id|slug|name>", min: 1, max: 1 },
  flags: {
    name: { type: "string", value: "<text>", help: 'What people call the key; "default" where left out' },
    "expires-at": { type: "string", value: "<time>", help: "RFC 3339; never where left out" },
  },
  examples: ["gatehouse server key tickets", "GATEHOUSE_KEY=$(gatehouse server key tickets --name production)"],
  run: async (ctx, given) => {
    const serverId = await resolve(ctx, "server", given.words[0] ?? "");
    const input = inputOf(issueKeySchema, { name: given.text("name"), expiresAt: given.text("expires-at") });
    const issued = await issueKey(ctx, { ...input, serverId });
    return { json: issued, text: issued.key, note: SHOWN_ONCE };
  },
};

export const serverCommands: readonly Command[] = [add, update, list, key];
