import type { Ctx } from "@/lib/ctx";
import { createScope } from "@/lib/scope/create";
import { deleteScope } from "@/lib/scope/delete";
import { listScopes } from "@/lib/scope/list";
import { createScopeSchema, listScopesSchema, updateScopeSchema } from "@/lib/scope/schema";
import { updateScope } from "@/lib/scope/update";
import { inputOf, type Command, type Flags, type Given } from "../command";
import { pageFlags, pageOutcome } from "../listing";
import { resolve, resolveScope } from "../references";
import { yesNo } from "../yes-no";

const ONE = { usage: "<id|name>", min: 1, max: 1 } as const;
const ofServer = { type: "string", value: "<id|slug>", help: "The server that offers it, where it is named" } as const;
const fieldFlags = {
  access: { type: "string", value: "read|write|admin", help: "What its holder may do" },
  description: { type: "string", value: "<text>", help: "What people are told that it allows" },
  "needs-approval": {
    type: "string",
    value: "yes|no",
    help: "An admin must agree before a person gives it to an agent",
  },
} as const satisfies Flags;

const fieldsOf = (given: Given) => ({
  access: given.text("access"),
  description: given.text("description"),
  needsApproval: yesNo(given.text("needs-approval")),
});

async function named(ctx: Ctx, given: Given): Promise<string> {
  const server = given.text("server");
  return resolveScope(ctx, given.words[0] ?? "", server && (await resolve(ctx, "server", server)));
}

const add: Command = {
  noun: "scope",
  verb: "add",
  summary: "Add a scope to a server",
  flags: {
    server: { type: "string", required: true, value: "<id|slug>", help: "The server that offers it" },
    name: { type: "string", required: true, value: "<name>", help: "Such as tickets:read" },
    ...fieldFlags,
    access: { ...fieldFlags.access, required: true },
  },
  examples: ["gatehouse scope add --server tickets --name tickets:purge --access admin --needs-approval yes"],
  run: async (ctx, given) => {
    const serverId = await resolve(ctx, "server", given.need("server"));
    const input = inputOf(createScopeSchema, { serverId, name: given.need("name"), ...fieldsOf(given) });
    const scope = await createScope(ctx, input);
    return { json: scope, text: scope.id };
  },
};

const list: Command = {
  noun: "scope",
  verb: "list",
  summary: "List scopes",
  flags: {
    q: { type: "string", value: "<text>", help: "Only those with this text in name or description" },
    server: { type: "string", value: "<id|slug>", help: "Only those of this server" },
    ...pageFlags,
  },
  examples: ["gatehouse scope list --server tickets"],
  run: async (ctx, given) => {
    const server = given.text("server");
    const serverId = server && (await resolve(ctx, "server", server));
    return pageOutcome(
      given,
      (page) => listScopes(ctx, inputOf(listScopesSchema, { q: given.text("q"), serverId, ...page })),
      ["ID", "NAME", "ACCESS", "APPROVAL", "SERVER", "TOOLS"],
      (scope) => [
        ...[scope.id, scope.name, scope.access, scope.needsApproval ? "needed" : null],
        ...[scope.serverId, scope.tools.join(" ")],
      ],
    );
  },
};

const set: Command = {
  noun: "scope",
  verb: "set",
  summary: "Change a scope; what is left out stays",
  words: ONE,
  flags: { server: ofServer, ...fieldFlags },
  examples: ["gatehouse scope set tickets:write --server tickets --needs-approval yes"],
  run: async (ctx, given) => {
    const input = inputOf(updateScopeSchema, fieldsOf(given));
    const scope = await updateScope(ctx, { ...input, scopeId: await named(ctx, given) });
    return { json: scope, text: scope.id };
  },
};

const remove: Command = {
  noun: "scope",
  verb: "remove",
  summary: "Remove a scope that no tool requires, also from every token that was narrowed to it",
  words: ONE,
  flags: { server: ofServer },
  examples: ["gatehouse scope remove tickets:purge --server tickets"],
  run: async (ctx, given) => {
    const scopeId = await named(ctx, given);
    await deleteScope(ctx, { scopeId });
    return { json: { id: scopeId }, text: scopeId };
  },
};

export const scopeCommands: readonly Command[] = [add, list, set, remove];
