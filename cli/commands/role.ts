import { createRole } from "@/lib/role/create";
import { listRoles } from "@/lib/role/list";
import { createRoleSchema, listRolesSchema } from "@/lib/role/schema";
import { inputOf, type Command } from "../command";
import { pageFlags, pageOutcome } from "../listing";
import { resolve, resolveAll } from "../references";

const add: Command = {
  noun: "role",
  verb: "add",
  summary: "Create a role: a named set of scopes",
  flags: {
    name: { type: "string", required: true, value: "<text>", help: "What people call it" },
    scopes: {
      type: "string",
      multiple: true,
      required: true,
      value: "<scope,…>",
      help: "Scopes or wildcards (tickets:*)",
    },
    server: {
      type: "string",
      multiple: true,
      value: "<id|slug>",
      help: "The servers that they are meant for; every one that offers a match where left out",
    },
    description: { type: "string", value: "<text>", help: "A few words about it" },
  },
  examples: ["gatehouse role add --name Support --scopes tickets:read,wiki:read --server tickets --server wiki"],
  run: async (ctx, given) => {
    const servers = given.list("server");
    const role = await createRole(
      ctx,
      inputOf(createRoleSchema, {
        name: given.need("name"),
        description: given.text("description"),
        scopes: given.list("scopes"),
        serverIds: servers && (await resolveAll(ctx, "server", servers)),
      }),
    );
    return { json: role, text: role.id };
  },
};

const list: Command = {
  noun: "role",
  verb: "list",
  summary: "List roles",
  flags: {
    q: { type: "string", value: "<text>", help: "Only those with this text in name or description" },
    server: { type: "string", value: "<id|slug>", help: "Only those with scopes of this server" },
    archived: { type: "boolean", help: "With the archived ones" },
    ...pageFlags,
  },
  examples: ["gatehouse role list --server tickets"],
  run: async (ctx, given) => {
    const server = given.text("server");
    const serverId = server && (await resolve(ctx, "server", server));
    return pageOutcome(
      given,
      (page) =>
        listRoles(ctx, {
          ...inputOf(listRolesSchema, { q: given.text("q"), serverId, ...page }),
          includeArchived: given.on("archived"),
        }),
      ["ID", "NAME", "ACCESS", "PEOPLE", "AGENTS", "SCOPES"],
      (role) => [
        ...[role.id, role.name, role.readOnly ? "read-only" : "read-write"],
        ...[role.counts.people, role.counts.agents, role.scopes.join(" ")],
      ],
    );
  },
};

export const roleCommands: readonly Command[] = [add, list];
