import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { updateAgent } from "@/lib/agent/update";
import { closeDb } from "@/lib/db";
import { updatePerson } from "@/lib/person/update";
import { archiveRole } from "@/lib/role/archive";
import { makeAgent, makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { systemCtx } from "@/lib/testing/ctx";
import { steadyPort } from "@/lib/testing/steady-port";
import { withDatabase } from "@/lib/testing/urls";
import { revokeTokens } from "@/lib/token/revoke";
import { startEmbedded, type EmbeddedDatabase } from "../database/embedded";
import { readyDatabase } from "../database/instance";
import { isAlive } from "../database/postmaster";
import { childrenOf, makeDataDir, SECRET } from "../process-tests/gatehouse";
import { AuthorityProcess } from "./authority-process";
import { Calls, type Answered } from "./calls";
import { DatabaseProxy } from "./database-proxy";
import type { Revocation } from "./history";
import type { EndedBy } from "./schedule";

/** A token under test, and what `endByVerb` ends. */
export type TestToken = { id: string; secret: string; ends: { kind: EndedBy; id: string } };

/** An authority, its own way to the database, and its callers. */
export type Member = { name: string; process: AuthorityProcess; proxy: DatabaseProxy; calls: Calls };

/** What the authorities run, as `npm test -- build` makes it. */
export const BUILT_AUTHORITY = "dist/authority.mjs";

/** Under which every token is made. */
type Terms = { roleId: string; serverIds: string[]; personId: string };

/** How the database is ended. */
export type HowToEnd = "stop" | "kill" | "crash";

function killed(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it ended by itself
  }
}

type Made = { dataDir: string; database: EmbeddedDatabase; key: string; terms: Terms };

/** `proxied`: each authority reaches the database through the proxy of its own that faults need. */
type ClusterOptions = { proxied: boolean };

/** How the history calls this process, which revokes as the console does: by a verb, over a connection of its own. */
const VERB = "verb";
const MINTED_AT_ONCE = 8;
const SCOPES = ["tickets:read"];

/** Only a token can be ended urgently. */
const VERBS: Record<EndedBy, (id: string, urgent: boolean) => Promise<unknown>> = {
  token: (id, urgent) => revokeTokens(systemCtx(), { by: "tokens", id, reason: "fault test", urgent }),
  agent: (agentId) => updateAgent(systemCtx(), { agentId, status: "suspended" }),
  person: (personId) => updatePerson(systemCtx(), { personId, status: "suspended" }),
  role: (roleId) => archiveRole(systemCtx(), { roleId }),
};

/** A server with its key, and what every token is made under. */
async function furnish(): Promise<{ key: string; terms: Terms }> {
  const server = await makeServer();
  const role = await makeRole([server.id], SCOPES);
  const person = await makeHolder(role.id);
  const { secret } = await makeKey(server.id);
  return { key: secret, terms: { roleId: role.id, serverIds: [server.id], personId: person.id } };
}

/** One PostgreSQL, and any number of authorities on it. One in a process: the verbs' connection is the process's own. */
export class Cluster {
  readonly members: Member[] = [];
  readonly #dataDir: string;
  readonly #proxied: boolean;
  #key: string;
  #terms: Terms;
  #database: EmbeddedDatabase;
  #restarted: Promise<void> = Promise.resolve();

  private constructor(made: Made, { proxied }: ClusterOptions) {
    this.#dataDir = made.dataDir;
    this.#database = made.database;
    this.#key = made.key;
    this.#terms = made.terms;
    this.#proxied = proxied;
  }

  /** Starts the database, makes a server with a key, and no authority yet. `cleanUp` of the process tests ends it. */
  static async start(options: ClusterOptions = { proxied: true }): Promise<Cluster> {
    const dataDir = makeDataDir();
    const database = await startEmbedded(dataDir, { port: await steadyPort() });
    process.env.DATABASE_URL = database.url;
    process.env.GATEHOUSE_SECRET = SECRET;
    await readyDatabase();
    return new Cluster({ dataDir, database, ...(await furnish()) }, options);
  }

  /** Where the database is, without a proxy. Holds its password: never print it. */
  get databaseUrl(): string {
    return this.#database.url;
  }

  /** Puts a copy of another database of this server in the place of this one, and ends all members. */
  async renewDatabase(template: string): Promise<void> {
    for (const member of [...this.members]) await this.remove(member);
    await closeDb();
    await this.asAdmin(
      "DROP DATABASE IF EXISTS gatehouse WITH (FORCE)",
      `CREATE DATABASE gatehouse TEMPLATE ${template} STRATEGY FILE_COPY`,
    );
    ({ key: this.#key, terms: this.#terms } = await furnish());
  }

  /** Runs statements on the server itself, one after the other. */
  async asAdmin(...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: withDatabase(this.#database.url, "postgres") });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** Another member, not started yet. */
  async add(script = BUILT_AUTHORITY, answered?: Answered): Promise<Member> {
    const proxy = await DatabaseProxy.start(this.#database.port);
    const databaseUrl = new URL(this.#database.url);
    if (this.#proxied) databaseUrl.port = String(proxy.port);
    const process = new AuthorityProcess({
      script,
      port: await steadyPort(),
      databaseUrl: databaseUrl.toString(),
      secret: SECRET,
    });
    const name = `authority ${this.members.length + 1}`;
    const member: Member = { name, process, proxy, calls: new Calls(name, process.port, this.#key, answered) };
    this.members.push(member);
    return member;
  }

  /** Ends a member, and forgets it. */
  async remove(member: Member): Promise<void> {
    member.process.resume();
    await member.process.kill();
    member.calls.close();
    await member.proxy.close();
    this.members.splice(this.members.indexOf(member), 1);
  }

  /** Live tokens, made directly: one for each way to end it. */
  async mint(ways: readonly EndedBy[]): Promise<TestToken[]> {
    const tokens: TestToken[] = [];
    while (tokens.length < ways.length) {
      const some = ways.slice(tokens.length, tokens.length + MINTED_AT_ONCE);
      tokens.push(...(await Promise.all(some.map((endedBy) => this.#mintOne(endedBy)))));
    }
    return tokens;
  }

  async #mintOne(endedBy: EndedBy): Promise<TestToken> {
    const { roleId, serverIds, personId } = this.#terms;
    if (endedBy === "token") {
      const token = await makeToken(this.#terms);
      return { ...token, ends: { kind: "token", id: token.id } };
    }
    if (endedBy === "agent") {
      const { id } = await makeAgent(personId);
      return { ...(await makeToken({ ...this.#terms, agentId: id })), ends: { kind: "agent", id } };
    }
    if (endedBy === "person") {
      const { id } = await makeHolder(roleId);
      return { ...(await makeToken({ ...this.#terms, personId: id })), ends: { kind: "person", id } };
    }
    const { id } = await makeRole(serverIds, SCOPES);
    const holder = await makeHolder(id);
    return { ...(await makeToken({ roleId: id, serverIds, personId: holder.id })), ends: { kind: "role", id } };
  }

  /** Ends a token, or what it hangs on, by the verb itself. Never throws: what it throws is an end that failed. */
  async endByVerb({ ends }: TestToken, urgent = false): Promise<Revocation> {
    const invokedMs = performance.now();
    const outcome = await VERBS[ends.kind](ends.id, urgent).then(
      () => "done" as const,
      () => "failed" as const,
    );
    return { kind: "revoke", where: VERB, outcome, urgent, invokedMs, respondedMs: performance.now() };
  }

  /**
   * Ends the database, and starts it again at the same port after a while: in order, by force its first process alone, whose
   * children then leave by themselves, or with all of its processes at one moment, so that nothing of its memory is left and it
   * recovers. One after the other: on a busy machine one may take so long that the next is due.
   */
  restartDatabase(how: HowToEnd, downMs: number): Promise<void> {
    this.#restarted = this.#restarted.then(() => this.#restart(how, downMs));
    return this.#restarted;
  }

  async #restart(how: HowToEnd, downMs: number): Promise<void> {
    const { pid, port } = this.#database;
    if (how === "stop") await this.#database.stop();
    else {
      if (how === "crash") process.kill(pid, "SIGSTOP"); // it makes no further children
      const pids = how === "crash" ? [...childrenOf(pid), pid] : [pid];
      for (const one of pids) killed(one);
      while (pids.some(isAlive)) await sleep(10);
    }
    await sleep(downMs);
    this.#database = await startEmbedded(this.#dataDir, { port });
  }

  /** Ends everything; the data folder is removed by `cleanUp`. */
  async close(): Promise<void> {
    for (const member of [...this.members]) await this.remove(member);
    await closeDb();
    await this.#database.stop();
  }
}
