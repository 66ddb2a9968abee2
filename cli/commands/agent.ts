import { createAgent } from "@/lib/agent/create";
import { listAgents } from "@/lib/agent/list";
import { createAgentSchema, listAgentsSchema } from "@/lib/agent/schema";
import {
  AUTH_METHODS,
  EXTRA_GRANTS,
  issueOneSecretSchema,
  setOneClientSchema,
  setOneIdleTimeoutSchema,
  setOnePregrantedSchema,
} from "@/lib/oauth/client-schema";
import { findClient, issueSecret, setClient } from "@/lib/oauth/set-client";
import { setIdleTimeout } from "@/lib/oauth/set-idle-timeout";
import { setPregranted } from "@/lib/oauth/set-pregranted";
import { inputOf, SHOWN_ONCE, type Command } from "../command";
import { pageFlags, pageOutcome } from "../listing";
import { numeric } from "../numeric";
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

const client: Command = {
  noun: "agent",
  verb: "client",
  summary: "Make an agent an OAuth client, or tell what it is as one",
  words: { usage: "<id|name>", min: 1, max: 1 },
  flags: {
    auth: { type: "string", value: AUTH_METHODS.join("|"), help: "How it proves who it is; left out, nothing changes" },
    redirect: {
      type: "string",
      multiple: true,
      value: "<uri>",
      help: "Where the browser goes on to; of an interactive one",
    },
    "jwks-uri": { type: "string", value: "<https address>", help: "Where its public keys stand, for private_key_jwt" },
    "extra-grant": {
      type: "string",
      multiple: true,
      value: EXTRA_GRANTS.join("|"),
      help: "What it may ask for tokens by, beyond its kind; left out, as it was",
    },
    "idle-timeout": {
      type: "string",
      value: "<seconds>",
      help: "Access ends where it rested so long; that does not matter where left out",
    },
    "require-dpop": { type: "boolean", help: "Only tokens that are bound to its key" },
  },
  examples: [
    "gatehouse agent client 'Nightly report' --auth client_secret_basic",
    "gatehouse agent client Desk --auth none --redirect http://127.0.0.1/callback",
  ],
  run: async (ctx, given) => {
    const agentId = await resolve(ctx, "agent", given.words[0] ?? "");
    const authMethod = given.text("auth");
    const input = {
      ...{ agentId, authMethod, redirectUris: given.list("redirect"), jwksUri: given.text("jwks-uri") },
      extraGrants: given.list("extra-grant"),
      idleTimeoutSeconds: numeric(given.text("idle-timeout")),
      requireDpop: given.on("require-dpop"),
    };
    const now = await (authMethod === undefined
      ? findClient(ctx, { agentId })
      : setClient(ctx, inputOf(setOneClientSchema, input)));
    return { json: now, text: now ? now.clientId : "It is no OAuth client." };
  },
};

const idle: Command = {
  noun: "agent",
  verb: "idle",
  summary: "Say for how long an OAuth client may rest before access that people gave it ends",
  words: { usage: "<id|name>", min: 1, max: 1 },
  flags: { after: { type: "string", value: "<seconds>", help: "300 to 31536000; as the policy says where left out" } },
  examples: ["gatehouse agent idle 'Desk assistant' --after 86400"],
  run: async (ctx, given) => {
    const agentId = await resolve(ctx, "agent", given.words[0] ?? "");
    const idleTimeoutSeconds = numeric(given.text("after")) ?? null;
    const now = await setIdleTimeout(ctx, inputOf(setOneIdleTimeoutSchema, { agentId, idleTimeoutSeconds }));
    return { json: now, text: now.clientId };
  },
};

const pregrant: Command = {
  noun: "agent",
  verb: "pregrant",
  summary: "Say which scopes are added to whatever an OAuth client asks of a server",
  words: { usage: "<id|name>", min: 1, max: 1 },
  flags: {
    server: { type: "string", required: true, value: "<id|slug>", help: "The server" },
    scope: {
      type: "string",
      multiple: true,
      value: "<scope>",
      help: "One of its scopes; without any, all are taken back",
    },
  },
  examples: ["gatehouse agent pregrant 'Desk assistant' --server tickets --scope tickets:write"],
  run: async (ctx, given) => {
    const agentId = await resolve(ctx, "agent", given.words[0] ?? "");
    const serverId = await resolve(ctx, "server", given.need("server"));
    const scopes = given.list("scope") ?? [];
    const now = await setPregranted(ctx, inputOf(setOnePregrantedSchema, { agentId, serverId, scopes }));
    return { json: now, text: now.clientId };
  },
};

const secret: Command = {
  noun: "agent",
  verb: "secret",
  summary: "Issue a client secret, beside those that live",
  words: { usage: "<id|name>", min: 1, max: 1 },
  flags: { "expires-at": { type: "string", value: "<time>", help: "RFC 3339; never where left out" } },
  examples: ["gatehouse agent secret 'Nightly report'"],
  run: async (ctx, given) => {
    const agentId = await resolve(ctx, "agent", given.words[0] ?? "");
    const input = inputOf(issueOneSecretSchema, { agentId, expiresAt: given.text("expires-at") });
    const issued = await issueSecret(ctx, input);
    return { json: issued, text: issued.secret, note: SHOWN_ONCE };
  },
};

export const agentCommands: readonly Command[] = [add, list, client, idle, pregrant, secret];
