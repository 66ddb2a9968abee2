import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { db } from "@/lib/db";
import { entriesSince, observe, useTestDatabase } from "@/lib/testing/database";
import { newId } from "@/lib/id";
import { EXTRA_GRANT_TYPES } from "@/lib/oauth/client-schema";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeNotices } from "@/lib/testing/make-notice";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { credentialKind } from "@/lib/token/format";

useTestDatabase();
// Each call is a process of its own: on a busy machine a dozen of them take minutes, and nothing here depends on speed.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const root = fileURLToPath(new URL("..", import.meta.url));
const program = join(root, `node_modules/.cache/gatehouse-cli-${process.pid}.mjs`);
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatehouse-cli-"));
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  await build({
    entryPoints: [join(root, "cli/main.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    alias: { "@": root.replace(/\/$/, ""), "server-only": join(root, "lib/testing/server-only.ts") },
  });
});
afterAll(() => {
  rmSync(program, { force: true });
  rmSync(folder, { recursive: true, force: true });
});

type Ended = { code: number | null; out: string; err: string };

/** Runs the command line as a process of its own, on the test's database. */
function gatehouse(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: root, env: { ...process.env, ...env } });
    const ended: Ended = { code: null, out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => (ended.out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (ended.err += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...ended, code }));
  });
}

/** The answer that a command printed; where it printed none, its own words are the failure. */
function json(ended: Ended): Record<string, unknown> {
  if (ended.out === "") throw new Error(`gatehouse ended with ${ended.code}: ${ended.err}`);
  return JSON.parse(ended.out) as Record<string, unknown>;
}

describe("gatehouse token mint --admin", () => {
  it("prints exactly the id and the token, and records who minted it", async () => {
    const { result, entries } = await observe(() =>
      gatehouse(["token", "mint", "--admin", "--scopes", "*", "--expires-in", "3600", "--json"]),
    );
    expect(result).toMatchObject({ code: 0, err: "" });
    const minted = json(result as Ended);
    expect(Object.keys(minted)).toEqual(["id", "token"]);
    expect(credentialKind(String(minted.token))).toBe("adm");
    expect(entries).toMatchObject([
      { action: "token.mint", outcome: "success", body: { actor: { id: "system:cli" } } },
    ]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(minted.token);
    const row = await db().token.findUniqueOrThrow({ where: { id: String(minted.id) } });
    expect(row).toMatchObject({ agentId: "agt_command_line", roleId: "rol_gatehouse_admin", narrowed: false });
  });

  it("narrows to the scopes that are named", async () => {
    const minted = json(await gatehouse(["token", "mint", "--admin", "--scopes", "tokens:read,audit:read", "--json"]));
    const scopes = await db().tokenScope.findMany({ where: { tokenId: String(minted.id) }, select: { scope: true } });
    expect(scopes.map(({ scope }) => scope.name).sort()).toEqual(["audit:read", "tokens:read"]);
  });
});

describe("gatehouse agent client", () => {
  it("makes an agent an OAuth client by name, and issues it a secret that is told once", async () => {
    const owner = await makePerson();
    const agent = json(await gatehouse(["agent", "add", "--name", "Client of a night", "--owner", owner.id, "--json"]));
    expect(await gatehouse(["agent", "client", "Client of a night"])).toMatchObject({
      code: 0,
      out: "It is no OAuth client.\n",
    });
    const set = await gatehouse(["agent", "client", "Client of a night", "--auth", "client_secret_basic", "--json"]);
    expect(json(set)).toMatchObject({ clientId: agent.id, grantTypes: ["client_credentials"] });
    const issued = json(await gatehouse(["agent", "secret", "Client of a night", "--json"]));
    expect(credentialKind(String(issued.secret))).toBe("cs");
    const told = json(await gatehouse(["agent", "client", "Client of a night", "--json"]));
    expect(told.secrets).toMatchObject([{ id: issued.id, status: "active" }]);
    expect(JSON.stringify(told)).not.toContain(issued.secret);
    const further = ["--extra-grant", "token_exchange,jwt_bearer", "--idle-timeout", "3600"];
    const more = ["agent", "client", "Client of a night", "--auth", "client_secret_basic", ...further, "--json"];
    expect(json(await gatehouse(more))).toMatchObject({
      grantTypes: ["client_credentials", EXTRA_GRANT_TYPES.token_exchange, EXTRA_GRANT_TYPES.jwt_bearer],
      idleTimeoutSeconds: 3600,
    });
  });
});

describe("gatehouse sink", () => {
  it("adds, lists, shows, tests, sets back and removes a sink by its name, and shows its secret once", async () => {
    const place = ["--kind", "webhook", "--set", "url=https://127.0.0.1:1/hook", "--set", "privateNetwork=true"];
    const added = json(await gatehouse(["sink", "add", "hook", ...place, "--from", "start", "--json"]));
    expect(added).toMatchObject({ cursor: 0, secret: expect.stringMatching(/^whsec_/) as string });
    const listed = await gatehouse(["sink", "list"]);
    expect(listed.out).toMatch(/^hook\s+webhook\s+gatehouse\s+shipping/m);
    expect(listed.out).not.toContain(String(added.secret));
    const tested = await gatehouse(["sink", "test", "hook"]);
    expect([tested.code, tested.out]).toEqual([1, expect.stringContaining("cannot be reached")]);
    const changed = json(await gatehouse(["sink", "update", "Hook", "--format", "ocsf", "--json"]));
    expect(changed).toMatchObject({ format: "ocsf", settings: added.settings });
    const asked = json(await gatehouse(["sink", "update", "hook", "--query", "outcome:deny", "--json"]));
    expect(asked).toMatchObject({ query: "outcome:deny", format: "ocsf" });
    expect(json(await gatehouse(["sink", "update", "hook", "--query", "", "--json"]))).toMatchObject({ query: null });
    const faulty = await gatehouse(["sink", "update", "hook", "--query", "outcome:deny created:-24h"]);
    expect(faulty).toMatchObject({ code: 2, out: "" });
    expect(faulty.err).toContain(`outcome:deny created:-24h\n${" ".repeat(21)}^^^^ Only fixed times`);
    expect(json(await gatehouse(["sink", "replay", "hook", "--index", "0", "--json"]))).toMatchObject({ cursor: 0 });
    expect(json(await gatehouse(["sink", "dead-letters", "hook", "--retry", "--json"]))).toEqual({ changed: 0 });
    expect(json(await gatehouse(["sink", "rm", "hook", "--json"]))).toEqual({ id: added.id });
    expect(await gatehouse(["sink", "show", "hook"])).toMatchObject({ code: 3, out: "" });
  });
});

describe("gatehouse policy", () => {
  it("changes what is named, clears a list that is given empty, and shows the whole", async () => {
    const before = json(await gatehouse(["policy", "show", "--json"]));
    const places = ["--registration-place", "claude.ai,cursor:", "--document-host", ""];
    const rest = ["--approve-clients", "yes", "--secret-rotation", "30"];
    const changed = json(await gatehouse(["policy", "set", "--registration", "listed", ...places, ...rest, "--json"]));
    expect(changed).toEqual({
      ...before,
      ...{ registration: "listed", registrationPlaces: ["claude.ai", "cursor:"], documentHosts: [] },
      ...{ approveClients: true, secretRotationDays: 30 },
    });
    for (const [limit, idleTimeoutSeconds] of [
      ["3600", 3600],
      ["never", null],
    ] as const)
      expect(json(await gatehouse(["policy", "set", "--idle-timeout", limit, "--json"]))).toMatchObject({
        idleTimeoutSeconds,
      });
    const shown = await gatehouse(["policy", "show"]);
    expect(shown.out).toMatch(/^idle-timeout +never$/m);
    expect(shown.out).toMatch(/^registration-place +claude\.ai cursor:$/m);
    expect(shown.out).toMatch(/^approve-clients +yes$/m);
  });
});

describe("gatehouse grant", () => {
  it("lists what people let agents do, takes a scope out of it, and ends it; what is pre-granted is said of the agent", async () => {
    const [person, server] = [await makePerson(), await makeServer()];
    const agent = await makeAgent(person.id, { kind: "interactive", name: "Agent of a grant" });
    await db().oauthClient.create({ data: { agentId: agent.id, clientId: agent.id, authMethod: "none" } });
    const { id } = await db().oauthGrant.create({
      data: {
        ...{ id: newId("grant"), personId: person.id, agentId: agent.id, serverId: server.id },
        expiresAt: new Date(Date.now() + 3_600_000),
        scopes: { create: Object.values(server.scopes).map((scope) => ({ scopeId: scope.id })) },
      },
    });
    const list = ["grant", "list", "--agent", "agent of a grant", "--status", "live"];
    expect((await gatehouse(list)).out).toMatch(new RegExp(`^${id} +live .*tickets:read tickets:write$`, "m"));
    const narrowed = await gatehouse(["grant", "narrow", id, "--remove", "tickets:write"]);
    expect(narrowed).toMatchObject({ code: 0, out: "tickets:read\n" });
    expect(await gatehouse(["grant", "revoke", id])).toMatchObject({ code: 0 });
    expect(await gatehouse(["grant", "narrow", id, "--remove", "tickets:read"])).toMatchObject({ code: 1 });
    const pregrant = ["agent", "pregrant", "Agent of a grant", "--server", server.slug, "--json"];
    expect(json(await gatehouse([...pregrant, "--scope", "tickets:write"]))).toMatchObject({
      pregranted: [{ server: { id: server.id }, scopes: ["tickets:write"] }],
    });
    expect(json(await gatehouse(pregrant))).toMatchObject({ pregranted: [] });
    const idle = ["agent", "idle", "Agent of a grant", "--json"];
    expect(json(await gatehouse([...idle, "--after", "600"]))).toMatchObject({ idleTimeoutSeconds: 600 });
    expect(json(await gatehouse(idle))).toMatchObject({ idleTimeoutSeconds: null });
  });
});

describe("gatehouse issuer", () => {
  it("trusts an identity provider, lists it, and takes it off the list", async () => {
    const issuer = "https://login.example.com";
    const set = ["issuer", "set", issuer, "--jwks-uri", `${issuer}/jwks`];
    expect(await gatehouse(set)).toMatchObject({ code: 0, out: `${issuer}\n` });
    expect(json(await gatehouse([...set, "--off", "--json"]))).toMatchObject({ issuer, enabled: false });
    expect((await gatehouse(["issuer", "list"])).out).toMatch(/^https:\/\/login\.example\.com +off +0 /m);
    expect(await gatehouse(["issuer", "remove", issuer])).toMatchObject({ code: 0 });
    expect(await db().trustedIssuer.count()).toBe(0);
  });
});

describe("gatehouse notice", () => {
  it("lists what the admins should hear of, and marks it as seen for them, never a person's own", async () => {
    const { own, admins } = await makeNotices((await makePerson()).id);
    const listed = json(await gatehouse(["notice", "list", "--unseen", "--json"])).items as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual([admins.id]);
    expect(await gatehouse(["notice", "dismiss", admins.id])).toMatchObject({ code: 0 });
    expect((await gatehouse(["notice", "list", "--unseen"])).out).toBe("Nothing found.\n");
    expect(await gatehouse(["notice", "dismiss", own.id])).toMatchObject({ code: 3 });
  });
});

describe("gatehouse scope", () => {
  it("adds a scope by the server's name, asks for an admin's agreement, and removes it", async () => {
    const server = await makeServer();
    const of = ["--server", server.slug];
    const added = await gatehouse(["scope", "add", ...of, "--name", "tickets:purge", "--access", "write", "--json"]);
    expect(json(added)).toMatchObject({ serverId: server.id, access: "write", needsApproval: false });
    const set = await gatehouse(["scope", "set", "tickets:purge", ...of, "--needs-approval", "yes", "--json"]);
    expect(json(set)).toMatchObject({ access: "write", needsApproval: true });
    expect((await gatehouse(["scope", "list", ...of])).out).toMatch(/tickets:purge +write +needed/);
    expect(await gatehouse(["scope", "remove", "tickets:purge", ...of])).toMatchObject({ code: 0 });
    expect(await gatehouse(["scope", "remove", "tickets:purge", ...of])).toMatchObject({ code: 3 });
  });
});

describe("the journey of a server", () => {
  it("goes from registration to a token by names alone", async () => {
    const person = await makePerson();
    const add = ["server", "add", "--name", "Wiki", "--resource", "https://wiki.example.com/mcp"];
    expect(await gatehouse([...add, "--scope", "wiki:read=read", "--scope", "wiki:write=write"])).toMatchObject({
      code: 0,
    });
    expect(
      await gatehouse(["tool", "add", "--server", "wiki", "--name", "read_page", "--scope", "wiki:read"]),
    ).toMatchObject({ code: 0 });
    const role = json(
      await gatehouse(["role", "add", "--name", "Reader", "--scopes", "wiki:read", "--server", "wiki", "--json"]),
    );
    const roleId = String(role.id);
    const agent = ["agent", "add", "--name", "Nightly", "--owner", person.email, "--role", "reader"];
    expect(await gatehouse(agent)).toMatchObject({ code: 0 });
    await db().personRole.create({ data: { personId: person.id, roleId, assignedBy: "test" } });
    const holder = ["--person", person.email, "--agent", "nightly", "--role", "Reader", "--server", "wiki"];
    const minted = await gatehouse(["token", "mint", ...holder, "--name", "night", "--expires-in", "600"]);
    expect(minted.code).toBe(0);
    expect(credentialKind(minted.out.trim())).toBe("ro");
    expect(minted.err).toContain("shown this once");
    const levelled = await gatehouse(["server", "update", "wiki", "--audit-level", "metadata", "--json"]);
    expect(json(levelled)).toMatchObject({ auditLevel: "metadata" });
    const key = await gatehouse(["server", "key", "Wiki"]);
    expect(credentialKind(key.out.trim())).toBe("srv");

    const rotated = json(await gatehouse(["token", "rotate", "night", "--overlap", "0", "--json"]));
    expect(rotated).toMatchObject({ generation: 2, predecessor: { generation: 1 } });
    const revoked = await gatehouse(["token", "revoke", "--agent", "Nightly", "--reason", "done", "--json"]);
    expect(json(revoked)).toMatchObject({ complete: true });
    const listed = json(await gatehouse(["token", "list", "--state", "live", "--server", "wiki", "--json"]));
    expect(listed).toEqual({ items: [], nextCursor: null });
    const found = json(await gatehouse(["audit", "search", "--action", "token.*", "--json"]));
    expect((found.items as { action: string }[]).map(({ action }) => action)).toContain("token.rotate");
  });
});

describe("a command used wrongly", () => {
  it.each([
    [["nonsense"], "nonsense"],
    [["token", "fly"], "token mint"],
    [["token", "mint", "--bogus"], "--bogus"],
    [["server", "add", "--name", "x"], "--resource"],
    [["server", "key"], "<id|slug|name>"],
    [["token", "mint", "--name", "x"], "--role"],
    [["token", "revoke"], "Name one thing"],
    [["token", "revoke", "--all", "--reason", "x"], "--yes"],
    [["token", "mint", "--admin", "--expires-in", "soon"], "expiresInSeconds"],
    [["token", "list", "--cursor", "tampered"], "cursor"],
    [["policy", "set"], "at least one setting"],
    [["policy", "set", "--approve-clients", "maybe"], "approveClients"],
    [["issuer", "set", "http://login.example.com", "--jwks-uri", "https://x.example"], "issuer"],
    [["notice", "list", "--seen", "--unseen"], "--unseen"],
  ])("says so in one sentence and ends with 2: %j", async (args, said) => {
    const ended = await gatehouse(args);
    expect(ended).toMatchObject({ code: 2, out: "" });
    expect(ended.err).toContain(said);
    expect(ended.err.trim().split("\n")).toHaveLength(1);
  });

  it("tells what would be right, at every level", async () => {
    const [all, noun, one] = await Promise.all(
      [["--help"], ["token", "--help"], ["token", "mint", "--help"]].map((args) => gatehouse(args)),
    );
    expect([all?.code, noun?.code, one?.code]).toEqual([0, 0, 0]);
    expect(all?.out).toContain("audit verify");
    expect(noun?.out).not.toContain("audit verify");
    expect(one?.out).toContain("--expires-in <seconds>");
    expect(one?.out).toContain("Examples:");
  });
});

describe("gatehouse admin", () => {
  it("takes the second factor off somebody who lost it, and says where there is none", async () => {
    const person = await makePerson({ consoleRole: "owner" });
    await makeSecondFactor(person.id);
    const args = ["admin", "reset-second-factor", "--email", person.email.toUpperCase(), "--json"];
    expect(json(await gatehouse(args))).toEqual({ reset: true, sessionsEnded: 0 });
    expect(json(await gatehouse(args))).toEqual({ reset: false, sessionsEnded: 0 });
    const nobody = ["admin", "reset-second-factor", "--email", "nobody@example.com"];
    expect(await gatehouse(nobody)).toMatchObject({ code: 3 });
  });
});

describe("failures", () => {
  it("end with 3 where nothing is called so, in JSON where asked for", async () => {
    const ended = await gatehouse(["server", "key", "nowhere", "--json"]);
    expect(ended).toMatchObject({ code: 3, out: "" });
    expect(JSON.parse(ended.err)).toMatchObject({ error: { code: "server_not_found" } });
  });

  it("end with 1 where the domain says no", async () => {
    const server = await makeServer();
    const args = ["server", "add", "--name", server.name, "--resource", "https://other.example.com/mcp"];
    expect(await gatehouse(args)).toMatchObject({ code: 1, out: "" });
  });

  it("end with 2 where several things have the name", async () => {
    await makePerson({ name: "Sam" });
    await makePerson({ name: "Sam" });
    const ended = await gatehouse(["agent", "add", "--name", "x", "--owner", "sam"]);
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(/per_\w+, per_\w+/);
  });

  it.each([
    [{ DATABASE_URL: "postgresql://postgres@127.0.0.1:1/none" }, "database"],
    [{ DATABASE_URL: "mysql://x" }, "DATABASE_URL"],
    [{ GATEHOUSE_SECRET: "short" }, "GATEHOUSE_SECRET"],
  ])("end with 4 and one sentence where it cannot work at all: %j", async (env, said) => {
    const ended = await gatehouse(["server", "list"], env);
    expect(ended).toMatchObject({ code: 4, out: "" });
    expect(ended.err).toContain(said);
    expect(ended.err.trim().split("\n")).toHaveLength(1);
  });
});

describe("gatehouse audit", () => {
  it("searches by a query, and shows what is wrong with one under its characters", async () => {
    const found = json(
      await gatehouse(["audit", "search", "(action:instance.start OR action:*.create) kind:system", "--json"]),
    );
    expect(found).toMatchObject({ items: expect.any(Array) });
    const bad = await gatehouse(["audit", "search", "kind:system outcome:alow"]);
    expect(bad.code).toBe(2);
    expect(bad.err.split("\n").slice(0, 2)).toEqual([
      "kind:system outcome:alow",
      "                    ^^^^ There is no outcome alow. Did you mean allow?",
    ]);
  });

  it("exports every line to a new file that only its owner reads, and never over another", async () => {
    const out = join(folder, "audit.ndjson");
    expect(await gatehouse(["audit", "export", "--out", out])).toMatchObject({ code: 0 });
    const lines = readFileSync(out, "utf8").trim().split("\n");
    const entries = await entriesSince();
    // The export's own entry comes after what it exports.
    expect(lines).toHaveLength(entries.length - 1);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(await gatehouse(["audit", "export", "--out", out])).toMatchObject({ code: 1 });
  });

  it("verifies a whole log, and names the first entry that was changed or taken out", async () => {
    await makeRole([], []);
    const good = await gatehouse(["audit", "verify", "--json"]);
    expect(good.code).toBe(0);
    expect(json(good)).toMatchObject({ ok: true, firstBad: null });
    const bad = async (sql: string) => {
      await db().$executeRawUnsafe("ALTER TABLE audit_entry DISABLE TRIGGER USER");
      await db().$executeRawUnsafe(sql);
      const ended = await gatehouse(["audit", "verify", "--json"]);
      expect(ended.code).toBe(1);
      return json(ended).firstBad;
    };
    expect(await bad("UPDATE audit_entry SET outcome = 'failure' WHERE idx = 4")).toEqual({
      index: 4,
      fault: "its columns do not match its body",
    });
    expect(await bad("UPDATE audit_entry SET body = replace(body, '\"v\":3', '\"v\":9') WHERE idx = 3")).toEqual({
      index: 3,
      fault: "its hash does not match its body",
    });
    expect(await bad("DELETE FROM audit_entry WHERE idx = 1")).toEqual({ index: 1, fault: "it is missing" });
    expect(await bad("DELETE FROM audit_entry WHERE idx > 0")).toEqual({ index: 1, fault: "it is missing" });
  });
});
