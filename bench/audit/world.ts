import { hash } from "node:crypto";
import { ID_PREFIXES, newId, uuidV7, type IdKind } from "@/lib/id";
import { concernedBy } from "@/lib/audit/body";
import { prepareEntry, type EntryDraft, type PreparedEntry } from "@/lib/audit/entry";
import type { Ctx } from "@/lib/ctx";
import { systemPermissions } from "@/lib/authz/permissions";
import { zipf, type Random } from "./random";

const SERVERS = 40;
const TOOLS_PER_SERVER = 20;
const PEOPLE = 400;
const AGENTS = 600;
const TOKENS = 5_000;

const SUBJECTS = [
  "ticket",
  "invoice",
  "customer",
  "order",
  "document",
  "account",
  "contract",
  "build",
  "release",
  "lead",
];
const VERBS = ["list", "get", "search", "create", "update", "close", "delete", "export", "assign", "comment_on"];
const WORDS =
  "refund late delivery please check the status of this order again customer asks for an invoice copy by mail today urgent second reminder no answer yet thanks".split(
    " ",
  );
const USER_AGENTS = ["mcp-server-node/1.8.2", "mcp-server-python/2.1.0 httpx/0.28", "tickets-server/4.0 (linux)"];
const REASONS = ["insufficient_scope", "expired", "unknown_tool", "ip_not_allowed", "rate_limited"] as const;

type Named = { id: string; name: string };
type NamedPerson = Named & { nameRef: string };

/** Who and what stands in the entries: servers with tools, people, agents, and tokens that belong to them. */
export class World {
  readonly servers: (Named & { slug: string; keyId: string; tools: string[]; actor: Ctx["actor"] })[];
  readonly people: (NamedPerson & { email: string })[];
  readonly agents: Named[];
  readonly tokens: ReturnType<World["makeToken"]>[];

  constructor(private readonly random: Random) {
    this.servers = Array.from({ length: SERVERS }, (_, nth) => this.makeServer(nth));
    this.people = Array.from({ length: PEOPLE }, (_, nth) => ({
      id: this.id("person"),
      name: `Person ${nth} Example`,
      nameRef: `pd:${hash("sha256", `salt ${nth}`, "base64url")}`,
      email: `person-${nth}@example.com`,
    }));
    this.agents = Array.from({ length: AGENTS }, (_, nth) => ({ id: this.id("agent"), name: `Agent ${nth}` }));
    this.tokens = Array.from({ length: TOKENS }, (_, nth) => this.makeToken(nth));
  }

  /** An id like ours, the same in every process. */
  private id(kind: IdKind): string {
    const part = () =>
      Math.floor(this.random() * 36 ** 10)
        .toString(36)
        .padStart(10, "0");
    return `${ID_PREFIXES[kind]}_${`${part()}${part()}${part()}`.slice(0, 26)}`;
  }

  private makeServer(nth: number) {
    const id = this.id("server");
    const keyId = this.id("key");
    const name = `Server ${nth}`;
    const tools = Array.from({ length: TOOLS_PER_SERVER }, (_, tool) => {
      const at = nth * TOOLS_PER_SERVER + tool;
      return `${VERBS[at % VERBS.length]}_${SUBJECTS[Math.floor(at / VERBS.length) % SUBJECTS.length]}_${nth}`;
    });
    const actor: Ctx["actor"] = Object.freeze({
      kind: "server",
      serverId: id,
      keyId,
      name,
      permissions: systemPermissions(),
    });
    return { id, name, slug: `server-${nth}`, keyId, tools, actor };
  }

  private makeToken(nth: number) {
    const person = this.people[zipf(this.random, PEOPLE)] as NamedPerson;
    const agent = this.agents[zipf(this.random, AGENTS)] as Named;
    const server = this.servers[zipf(this.random, SERVERS)] as World["servers"][number];
    const kind = nth % 3 === 0 ? "rw" : "ro";
    const four = (nth + 10_000).toString(36).padStart(4, "0").slice(-4);
    const scopes = Object.freeze([`${server.slug}:read`, ...(kind === "rw" ? [`${server.slug}:write`] : [])]);
    const credential = { id: this.id("token"), kind, name: `Token ${nth}`, masked: `gth_${kind}_…${four}`, scopes };
    const role = { id: "rol_bench", name: "Support reader" };
    // An eighth of all tokens belongs to agents that were shut off after a third of the time.
    return {
      person,
      agent,
      server,
      credential,
      scopes,
      concerned: concernedBy({ person, agent, server, credential, role }),
      ended: nth % 8 === 5,
    };
  }

  /** One entry at a moment. @param share how far along the whole time it is, 0 to 1 */
  entry(atMs: number, share: number): PreparedEntry {
    const { random } = this;
    let token = this.tokens[zipf(random, TOKENS)] as World["tokens"][number];
    while (token.ended && share > 1 / 3) token = this.tokens[zipf(random, TOKENS)] as World["tokens"][number];
    const roll = random();
    if (roll < 0.88) return this.decision(token, atMs);
    if (roll < 0.97) return this.call(token, atMs);
    return this.act(token, atMs);
  }

  /** A refusal of an ended token, as they come in bursts. */
  refusal(nth: number, atMs: number): PreparedEntry {
    const token = this.tokens[nth % TOKENS] as World["tokens"][number];
    return this.written(token, atMs, { action: "token.validate", outcome: "deny", reason: "revoked" });
  }

  private decision(token: World["tokens"][number], atMs: number): PreparedEntry {
    const denied = this.random() < 0.03;
    const reason = denied ? (REASONS[zipf(this.random, REASONS.length)] as string) : "ok";
    return this.written(token, atMs, { action: "token.validate", outcome: denied ? "deny" : "allow", reason });
  }

  private call(token: World["tokens"][number], atMs: number): PreparedEntry {
    const { random } = this;
    const words = Array.from({ length: 6 + Math.floor(random() * 14) }, () => WORDS[zipf(random, WORDS.length)]);
    // One in two million: what somebody looks for who has one invoice's number.
    if (random() < 5e-7) words.push("zanzibar-4711");
    const failed = random() < 0.02;
    return this.written(token, atMs, {
      action: "tool.call",
      outcome: failed ? "failure" : "success",
      reason: failed ? "error" : "ok",
      arguments: { id: Math.floor(random() * 1e7), note: words.join(" "), urgent: random() < 0.1 },
      durationMs: Math.round(random() * 400),
      details: { startedAt: new Date(atMs).toISOString(), decisionId: uuidV7(atMs) },
    });
  }

  private act(token: World["tokens"][number], atMs: number): PreparedEntry {
    const roll = this.random();
    const { person, credential } = token;
    const target = { kind: "token", id: credential.id, name: credential.name } as const;
    if (roll < 0.6)
      return this.written(token, atMs, {
        action: "session.sign_in",
        outcome: roll < 0.05 ? "failure" : "success",
        target: { kind: "person", ...person },
      });
    if (roll < 0.8) return this.written(token, atMs, { action: "oauth.refresh", outcome: "success", target });
    const changes = [{ field: "scopes", before: [...token.scopes], after: token.scopes.slice(0, 1) }];
    return this.written(token, atMs, {
      action: roll < 0.9 ? "token.mint" : "token.update",
      outcome: "success",
      target,
      changes,
    });
  }

  private written(token: World["tokens"][number], atMs: number, draft: EntryDraft): PreparedEntry {
    const { random } = this;
    const { server } = token;
    const ctx: Ctx = {
      actor: server.actor,
      requestId: newId("request"),
      source: { ip: `10.20.0.${zipf(random, SERVERS)}`, userAgent: USER_AGENTS[zipf(random, 3)] as string },
      nowSeconds: () => atMs / 1000,
    };
    const concerned = draft.target ? concernedBy({ ...token, server, target: draft.target }) : token.concerned;
    return prepareEntry(
      ctx,
      {
        id: uuidV7(atMs),
        tool: server.tools[zipf(random, TOOLS_PER_SERVER)] as string,
        requiredScopes: token.scopes,
        clientIp: `192.168.${zipf(random, 200)}.${1 + zipf(random, 250)}`,
        durationMs: 1,
        ...draft,
      },
      concerned,
    );
  }
}
