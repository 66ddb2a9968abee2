import type { Ctx } from "@/lib/ctx";
import { listTokens } from "@/lib/token/list";
import { mintToken } from "@/lib/token/mint";
import { listTokensSchema, mintTokenSchema } from "@/lib/token/schema";
import { inputOf, SHOWN_ONCE, type Command, type Given } from "../command";
import { usageError } from "../failure";
import { pageFlags, pageOutcome } from "../listing";
import { numeric } from "../numeric";
import { resolve, resolveAll } from "../references";

/** What the command line's own admin tokens are held by, under and for; made by the first migration. */
const ADMIN = { agentId: "agt_command_line", roleId: "rol_gatehouse_admin", serverIds: ["srv_gatehouse"] };

/** `100/60` → at most 100 calls within any 60 seconds. */
function parseRateLimit(text: string | undefined): { limit: number; windowSeconds: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  if (!match) throw usageError("--rate-limit takes calls/seconds, like 100/60.");
  return { limit: Number(match[1]), windowSeconds: Number(match[2]) };
}

/** The holder, role and servers of a token: the command line's own with `--admin`, else as named. */
async function partiesOf(ctx: Ctx, given: Given) {
  const [person, agent, role, servers] = [
    given.text("person"),
    given.text("agent"),
    given.text("role"),
    given.list("server"),
  ];
  if (given.on("admin")) {
    if (agent ?? role ?? servers) throw usageError("--admin stands without --agent, --role and --server.");
    const { roleId, serverIds } = ADMIN;
    return person ? { personId: await resolve(ctx, "person", person), roleId, serverIds } : ADMIN;
  }
  if (!role || !servers) throw usageError("Name --role and at least one --server, or --admin for the admin API.");
  return {
    personId: person && (await resolve(ctx, "person", person)),
    agentId: agent && (await resolve(ctx, "agent", agent)),
    roleId: await resolve(ctx, "role", role),
    serverIds: await resolveAll(ctx, "server", servers),
  };
}

const mint: Command = {
  noun: "token",
  verb: "mint",
  summary: "Mint a token: prints its secret, this once",
  flags: {
    person: { type: "string", value: "<id|email>", help: "The person who holds it" },
    agent: { type: "string", value: "<id|name>", help: "The agent that holds it, alone or for the person" },
    role: { type: "string", value: "<id|name>", help: "The role that bounds it" },
    server: { type: "string", multiple: true, value: "<id|slug>", help: "The servers that it is for" },
    admin: { type: "boolean", help: "For the admin API, held by the command line itself (or by --person)" },
    scopes: {
      type: "string",
      multiple: true,
      value: "<scope,…>",
      help: "Narrows it; '*' or left out: all of the role",
    },
    name: { type: "string", value: "<text>", help: "What people call it" },
    "expires-in": {
      type: "string",
      value: "<seconds>",
      help: "Its life from now; the instance's default where left out",
    },
    "expires-at": { type: "string", value: "<time>", help: "Its end, RFC 3339" },
    "not-before": { type: "string", value: "<time>", help: "Its start, RFC 3339" },
    cidr: { type: "string", multiple: true, value: "<block>", help: "Addresses that it may be used from" },
    "rate-limit": { type: "string", value: "<calls/seconds>", help: "At most so many calls in so many seconds" },
    note: { type: "string", value: "<text>", help: "For whoever reads the list later" },
  },
  examples: [
    "gatehouse token mint --person ada@example.com --agent Claude --role Support --server tickets --expires-in 86400",
    "gatehouse token mint --admin --scopes '*' --expires-in 3600 --json",
    "gatehouse token mint --admin --scopes tokens:read,audit:read --name reporting",
  ],
  run: async (ctx, given) => {
    const scopes = given.list("scopes");
    const minted = await mintToken(
      ctx,
      inputOf(mintTokenSchema, {
        ...(await partiesOf(ctx, given)),
        name: given.text("name") ?? `Command line, ${new Date(ctx.nowSeconds() * 1000).toISOString().slice(0, 16)}Z`,
        scopes: scopes?.includes("*") ? undefined : scopes,
        expiresInSeconds: numeric(given.text("expires-in")),
        expiresAt: given.text("expires-at"),
        notBefore: given.text("not-before"),
        allowedCidrs: given.list("cidr"),
        rateLimit: parseRateLimit(given.text("rate-limit")),
        note: given.text("note"),
      }),
    );
    const json = given.on("admin") ? { id: minted.id, token: minted.token } : minted;
    return { json, text: minted.token, note: `${minted.id}, until ${minted.expiresAt}. ${SHOWN_ONCE}` };
  },
};

const list: Command = {
  noun: "token",
  verb: "list",
  summary: "List tokens, never their secrets",
  flags: {
    q: { type: "string", value: "<text>", help: "Only those with this name, id, or last four characters" },
    state: { type: "string", value: "live|ended|all", help: "all where left out" },
    status: { type: "string", value: "<status>", help: "active, expiring, retiring, blocked, expired, revoked, …" },
    person: { type: "string", value: "<id|email>", help: "Only those of this person" },
    agent: { type: "string", value: "<id|name>", help: "Only those of this agent" },
    role: { type: "string", value: "<id|name>", help: "Only those under this role" },
    server: { type: "string", value: "<id|slug>", help: "Only those for this server" },
    ...pageFlags,
  },
  examples: [
    "gatehouse token list --state live --server tickets",
    "gatehouse token list --person ada@example.com --json",
  ],
  run: async (ctx, given) => {
    const idOf = async (flag: "person" | "agent" | "role" | "server") => {
      const reference = given.text(flag);
      return reference && (await resolve(ctx, flag, reference));
    };
    const filters = {
      ...{ q: given.text("q"), state: given.text("state"), status: given.text("status") },
      ...{ personId: await idOf("person"), agentId: await idOf("agent") },
      ...{ roleId: await idOf("role"), serverId: await idOf("server") },
    };
    return pageOutcome(
      given,
      (page) => listTokens(ctx, inputOf(listTokensSchema, { ...filters, ...page })),
      ["ID", "TOKEN", "STATUS", "EXPIRES", "HOLDER", "NAME"],
      (token) => [
        ...[token.id, token.masked, token.status, token.expiresAt],
        ...[[token.person?.email, token.agent?.name].filter(Boolean).join(" via "), token.name],
      ],
    );
  },
};

export const tokenCommands: readonly Command[] = [mint, list];
