import { createAgent } from "@/lib/agent/create";
import { listAgents } from "@/lib/agent/list";
import { createAgentSchema, listAgentsSchema } from "@/lib/agent/schema";
import { inputOf, type Command } from "../command";
import { pageFlags, pageOutcome } from "../listing";
import { resolve, resolveAll } from "../references";

const add: Command = {
  noun: "agent",
  verb: "add",
  summary: "Create an agent: a program that calls MCP servers",
  flags: {
    name: { type: "string", required: true, value: "<text>", help: "What people call it" },
    owner: { type: "string", required: true, value: "<id|email>", help: "The person who answers for it" },
    kind: { type: "string", value: "interactive|machine", help: "machine where left out" },
    description: { type: "string", value: "<text>", help: "A few words about it" },
    role: { type: "string", multiple: true, value: "<id|name>", help: "Token roles that it holds" },
  },
  examples: ["gatehouse agent add --name 'Nightly report' --owner ada@example.com --role Support"],
  run: async (ctx, given) => {
    const roles = given.list("role");
    const agent = await createAgent(
      ctx,
      inputOf(createAgentSchema, {
        name: given.need("name"),
        kind: given.text("kind") ?? "machine",
        ownerId: await resolve(ctx, "person", given.need("owner")),
        description: given.text("description"),
        roleIds: roles && (await resolveAll(ctx, "role", roles)),
      }),
    );
    return { json: agent, text: agent.id };
  },
};

const list: Command = {
  noun: "agent",
  verb: "list",
  summary: "List agents",
  flags: {
    q: { type: "string", value: "<text>", help: "Only those with this text in name or description" },
    kind: { type: "string", value: "interactive|machine", help: "Only those of this kind" },
    status: { type: "string", value: "active|suspended", help: "Only those in this state" },
    owner: { type: "string", value: "<id|email>", help: "Only those of this person" },
    ...pageFlags,
  },
  examples: ["gatehouse agent list --kind machine"],
  run: async (ctx, given) => {
    const owner = given.text("owner");
    const ownerId = owner && (await resolve(ctx, "person", owner));
    const filters = { q: given.text("q"), kind: given.text("kind"), status: given.text("status"), ownerId };
    return pageOutcome(
      given,
      (page) => listAgents(ctx, inputOf(listAgentsSchema, { ...filters, ...page })),
      ["ID", "NAME", "KIND", "STATUS", "TOKENS", "OWNER"],
      (agent) => [
        ...[agent.id, agent.name, agent.kind],
        ...[agent.status, agent.liveTokens, agent.owner?.name ?? null],
      ],
    );
  },
};

export const agentCommands: readonly Command[] = [add, list];
