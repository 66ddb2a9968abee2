import { listGrants } from "@/lib/oauth/grants";
import { narrowGrant } from "@/lib/oauth/narrow-grant";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { listGrantsSchema, narrowOneGrantSchema, revokeOneGrantSchema } from "@/lib/oauth/schema";
import { revocationWords } from "@/lib/token/revocation-words";
import { inputOf, type Command } from "../command";
import { pageFlags, pageOutcome } from "../listing";
import { resolve } from "../references";

const list: Command = {
  noun: "grant",
  verb: "list",
  summary: "List what people have let agents do, newest first",
  flags: {
    person: { type: "string", value: "<id|email>", help: "Only this person's" },
    agent: { type: "string", value: "<id|name>", help: "Only this agent's" },
    server: { type: "string", value: "<id|slug>", help: "Only on this server" },
    status: { type: "string", value: "live|expired|revoked", help: "Only those in this state" },
    ...pageFlags,
  },
  examples: ["gatehouse grant list --person ada@example.com --status live"],
  run: async (ctx, given) => {
    const [person, agent, server] = [given.text("person"), given.text("agent"), given.text("server")];
    const filters = {
      personId: person && (await resolve(ctx, "person", person)),
      agentId: agent && (await resolve(ctx, "agent", agent)),
      serverId: server && (await resolve(ctx, "server", server)),
      status: given.text("status"),
    };
    return pageOutcome(
      given,
      (page) => listGrants(ctx, inputOf(listGrantsSchema, { ...filters, ...page })),
      ["ID", "STATUS", "PERSON", "AGENT", "SERVER", "SCOPES"],
      (grant) => [
        ...[grant.id, grant.status, grant.person.name, grant.agent.name, grant.server.name],
        grant.scopes.map(({ name }) => name).join(" "),
      ],
    );
  },
};

const narrow: Command = {
  noun: "grant",
  verb: "narrow",
  summary: "Take scopes out of what a person has let an agent do, at once",
  words: { usage: "<id>", min: 1, max: 1 },
  flags: {
    remove: { type: "string", required: true, multiple: true, value: "<scope>", help: "A scope to take out" },
    reason: { type: "string", value: "<text>", help: "Stands in the log" },
  },
  examples: ["gatehouse grant narrow gnt_… --remove tickets:write"],
  run: async (ctx, given) => {
    const input = { id: given.words[0], removeScopes: given.list("remove"), reason: given.text("reason") };
    const grant = await narrowGrant(ctx, inputOf(narrowOneGrantSchema, input));
    return { json: grant, text: grant.scopes.map(({ name }) => name).join(" ") };
  },
};

const revoke: Command = {
  noun: "grant",
  verb: "revoke",
  summary: "End what a person has let an agent do, with every token that hangs from it",
  words: { usage: "<id>", min: 1, max: 1 },
  flags: {
    reason: { type: "string", value: "<text>", help: "Stands in the log" },
    urgent: { type: "boolean", help: "A token leaked: deny everywhere at once" },
  },
  examples: ["gatehouse grant revoke gnt_… --reason 'left the team'"],
  run: async (ctx, given) => {
    const input = { id: given.words[0], reason: given.text("reason"), urgent: given.on("urgent") };
    const done = await revokeGrant(ctx, inputOf(revokeOneGrantSchema, input));
    return { json: done, text: revocationWords(done) };
  },
};

export const grantCommands: readonly Command[] = [list, narrow, revoke];
