import { anonymousPermissions } from "@/lib/authz/permissions";
import type { EntryDraft, PreparedEntry } from "@/lib/audit/entry";
import { prepareEntries } from "@/lib/audit/personal/commit";
import { rowTypeOf, writeEntries } from "@/lib/audit/write";
import type { Actor, Ctx } from "@/lib/ctx";
import { pool, queryAlone } from "@/lib/db";
import { newId } from "@/lib/id";
import type { Random } from "./random";
import { personActor, serverActor, type Fact } from "./facts";
import type { OAuthRows } from "./oauth";
import { oauthFacts } from "./oauth-history";
import { need, type Rows, type SeededToken } from "./rows";

const DAY_SECONDS = 86_400;
const HISTORY_DAYS = 21;
const BATCH = 500;

/** Three weeks of what an audit log of this company would hold, in the order of time. Returns how many entries. */
export async function seedHistory(rows: Rows, oauth: OAuthRows, now: Date, random: Random): Promise<number> {
  const end = now.getTime() / 1000;
  const facts: Fact[] = [];
  for (const token of rows.tokens) facts.push(...callsOf(rows, token, end, random));
  facts.push(...strangersAt(rows, end, random), ...adminsWork(rows, end, random), ...oauthFacts(rows, oauth, end));
  const past = facts.filter((fact) => fact.at < end - 5).sort((a, b) => a.at - b.at);
  for (let from = 0; from < past.length; from += BATCH) {
    const entries: PreparedEntry[] = [];
    for (const fact of past.slice(from, from + BATCH)) {
      const ctx: Ctx = {
        actor: fact.actor,
        requestId: newId("request"),
        source: { ip: fact.ip, userAgent: fact.userAgent },
        nowSeconds: () => fact.at,
      };
      entries.push(...(await prepareEntries(queryAlone, ctx, [fact.draft])));
    }
    await writeEntries((sql, values) => pool().query(sql, values), await rowTypeOf(pool()), entries);
  }
  return past.length;
}

/** How busy a token is, in calls a day. */
const CALLS_A_DAY: Record<SeededToken["state"], number> = {
  busy: 60,
  active: 9,
  expiring: 12,
  rotating: 20,
  expired: 8,
  revoked: 6,
  dormant: 0,
  never_used: 0,
  future: 0,
};

/** More calls in working hours; machines do not sleep. */
function moment(end: number, human: boolean, random: Random): number {
  const day = Math.floor(random.next() * HISTORY_DAYS);
  const hour = human && random.chance(0.93) ? 7 + random.next() * 11 : random.next() * 24;
  const midnight = end - (end % DAY_SECONDS) - day * DAY_SECONDS;
  return midnight + hour * 3600 + random.next() * 60;
}

function callsOf(rows: Rows, token: SeededToken, end: number, random: Random): Fact[] {
  const facts: Fact[] = [];
  const count = CALLS_A_DAY[token.state] * HISTORY_DAYS;
  for (let i = 0; i < count; i++) {
    const at = moment(end, Boolean(token.person), random);
    if (at < token.createdAt.getTime() / 1000) continue;
    facts.push(oneCall(rows, token, at, random));
  }
  return facts;
}

function oneCall(rows: Rows, token: SeededToken, at: number, random: Random): Fact {
  const serverKey = random.pick(token.servers);
  const server = need(rows.servers, serverKey);
  const effective = token.effective.get(serverKey) ?? [];
  const within = [...server.tools].filter(([, scope]) => scope !== null && effective.includes(scope));
  const [tool, scope] =
    within.length > 0 && !random.chance(0.02) ? random.pick(within) : random.pick([...server.tools]);
  const clientIp =
    token.cidrs?.[0]?.replace(/0\/\d+$/, String(random.int(10, 40))) ??
    `10.20.${random.int(1, 9)}.${random.int(2, 250)}`;
  const reason = reasonOf(token, at, scope, effective, random);
  const person = token.person ? need(rows.people, token.person) : null;
  const agent = token.agent ? need(rows.agents, token.agent) : null;
  const draft: EntryDraft = {
    action: "token.validate",
    outcome: reason === "ok" ? "allow" : "deny",
    reason,
    person,
    agent,
    server,
    credential: { id: token.id, kind: "static", name: token.name, masked: token.masked, scopes: effective },
    role: need(rows.roles, token.role),
    tool,
    requiredScopes: scope ? [scope] : [],
    missingScopes: reason === "insufficient_scope" && scope ? [scope] : [],
    arguments: { id: random.int(1000, 1999) },
    clientIp,
    durationMs: Math.round((0.6 + random.next() * 3) * 100) / 100,
  };
  return { at, actor: serverActor(server), ip: `10.20.0.${random.int(5, 9)}`, userAgent: "gatehouse-guard/1.0", draft };
}

function reasonOf(token: SeededToken, at: number, scope: string | null, effective: string[], random: Random): string {
  if (token.revokedAt && at >= token.revokedAt.getTime() / 1000) return "revoked";
  if (token.state === "expired" && random.chance(0.1)) return "expired";
  if (scope === null) return "unknown_tool";
  if (!effective.includes(scope)) return "insufficient_scope";
  if (token.cidrs && random.chance(0.004)) return "ip_not_allowed";
  if (token.rate && random.chance(0.003)) return "rate_limited";
  return "ok";
}

/** Tokens that nobody knows, mistyped ones, and one afternoon of somebody trying. */
function strangersAt(rows: Rows, end: number, random: Random): Fact[] {
  const facts: Fact[] = [];
  const servers = [...rows.servers.values()];
  for (let i = 0; i < 70; i++) {
    const server = random.pick(servers);
    const reason = random.chance(0.6) ? "malformed" : "unknown_token";
    const draft: EntryDraft = {
      action: "token.validate",
      outcome: "deny",
      reason,
      server,
      tool: random.pick([...server.tools.keys()]),
      clientIp: `203.0.113.${random.int(2, 250)}`,
    };
    facts.push({
      at: i < 40 ? end - 3.2 * DAY_SECONDS + i * 7 : moment(end, false, random),
      actor: serverActor(server),
      ip: "10.20.0.5",
      userAgent: "gatehouse-guard/1.0",
      draft,
    });
  }
  return facts;
}

/** People at work in the console. */
function adminsWork(rows: Rows, end: number, random: Random): Fact[] {
  const browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0 Safari/537.36";
  const facts: Fact[] = [];
  const addBy = (actor: Actor, at: number, draft: EntryDraft) =>
    facts.push({ at, actor, ip: `10.20.1.${random.int(20, 60)}`, userAgent: browser, draft });
  const add = (key: string, at: number, draft: EntryDraft) => addBy(personActor(rows, key, end), at, draft);
  for (let day = HISTORY_DAYS; day >= 0; day--) {
    for (const key of ["ana", "idris", "mei", "jonas"]) {
      if (!random.chance(0.7)) continue;
      const person = need(rows.people, key);
      const at = end - (end % DAY_SECONDS) - day * DAY_SECONDS + 8 * 3600 + random.next() * 3600;
      const failed = random.chance(0.06);
      addBy({ kind: "anonymous", permissions: anonymousPermissions() }, at, {
        action: "session.sign_in",
        outcome: failed ? "denied" : "success",
        reason: failed ? "bad_password" : null,
        person,
        target: { kind: "person", ...person },
      });
      if (key === "mei" && random.chance(0.3))
        add(key, at + 900, {
          action: "audit.export",
          outcome: "success",
          target: { kind: "audit", id: "log" },
          details: { format: "ndjson", filter: { outcome: ["deny"] } },
        });
    }
  }
  for (const token of rows.tokens) {
    const target = { kind: "token" as const, id: token.id, name: token.name };
    const credential = { id: token.id, kind: "static", name: token.name, masked: token.masked };
    const person = token.person ? need(rows.people, token.person) : null;
    const agent = token.agent ? need(rows.agents, token.agent) : null;
    add("idris", token.createdAt.getTime() / 1000, {
      action: "token.mint",
      outcome: "success",
      target,
      credential,
      person,
      agent,
      changes: [{ field: "servers", before: null, after: token.servers }],
    });
    if (token.revokedAt)
      add("ana", token.revokedAt.getTime() / 1000, {
        action: "token.revoke",
        outcome: "success",
        reason: "leaked",
        target,
        credential,
        person,
        agent,
      });
    if (token.successor) {
      const { id, masked, createdAt } = token.successor;
      const at = createdAt.getTime() / 1000;
      const fact = { action: "token.rotate", outcome: "success", person, agent } as const;
      add("idris", at, { ...fact, target, credential, details: { successorId: id, overlapSeconds: DAY_SECONDS } });
      add("idris", at, {
        ...fact,
        target: { ...target, id },
        credential: { ...credential, id, masked },
        changes: [{ field: "servers", before: null, after: token.servers }],
        details: { predecessorId: token.id },
      });
    }
  }
  const nora = need(rows.people, "nora");
  add("ana", end - 12 * DAY_SECONDS, {
    action: "person.suspend",
    outcome: "success",
    target: { kind: "person", ...nora },
    person: nora,
    changes: [{ field: "status", before: "active", after: "suspended" }],
  });
  const experiment = need(rows.agents, "experiment");
  add("idris", end - 3 * DAY_SECONDS, {
    action: "agent.suspend",
    outcome: "success",
    target: { kind: "agent", ...experiment },
    agent: experiment,
    changes: [{ field: "status", before: "active", after: "suspended" }],
  });
  const tickets = need(rows.servers, "tickets");
  add("idris", end - 2 * DAY_SECONDS, {
    action: "tool.import",
    outcome: "success",
    target: { kind: "server", id: tickets.id, name: tickets.name },
    server: tickets,
    details: { added: [], changed: ["search_tickets"], removed: [] },
  });
  add("mei", end - 1.4 * DAY_SECONDS, {
    action: "token.revoke",
    outcome: "denied",
    reason: "forbidden",
    target: { kind: "token", id: rows.tokens[0]?.id ?? "", name: null },
  });
  return facts;
}
