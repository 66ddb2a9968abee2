import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { db, pool } from "@/lib/db";
import { newId } from "@/lib/id";
import { createAgent } from "@/lib/agent/create";
import { createAgentSchema } from "@/lib/agent/schema";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeRole, makeServer } from "@/lib/testing/make";

/**
 * What `prisma/schema.prisma` cannot say, proven against the database alone: every statement here is plain SQL, as a bug
 * in a verb or somebody at a prompt would send it.
 */
useTestDatabase();

type Row = Record<string, unknown>;
type Statement = { sql: string; values: unknown[] };

let server: Awaited<ReturnType<typeof makeServer>>;
let other: Awaited<ReturnType<typeof makeServer>>;
let person: { id: string };
let owner: { id: string };
let agent: { id: string };
let role: { id: string };

beforeAll(async () => {
  server = await makeServer();
  other = await makeServer();
  person = await makePerson();
  owner = await makePerson({ consoleRole: "owner" });
  role = await makeRole([server.id], ["tickets:read"]);
  agent = await createAgent(
    systemCtx(),
    createAgentSchema.parse({ name: "Constraint agent", kind: "machine", ownerId: person.id }),
  );
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
const sql = (text: string, ...values: unknown[]): Statement => ({ sql: text, values });

function insert(table: string, row: Row): Statement {
  const columns = Object.keys(row);
  const names = columns.map((column) => `"${column}"`).join(", ");
  const places = columns.map((_, i) => `$${i + 1}`).join(", ");
  return sql(`INSERT INTO "${table}" (${names}) VALUES (${places})`, ...Object.values(row));
}

const update = (table: string, id: string | number, row: Row): Statement => {
  const sets = Object.keys(row).map((column, i) => `"${column}" = $${i + 2}`);
  return sql(`UPDATE "${table}" SET ${sets.join(", ")} WHERE "id" = $1`, id, ...Object.values(row));
};

function tokenRow(more: Row = {}): Row {
  const id = newId("token");
  const base = { id, name: "Token", kind: "ro", hash: randomBytes(32), pepper_version: "v", last_four: "abcd" };
  const held = { person_id: person.id, role_id: role.id, family_id: id, created_by: "test" };
  return { ...base, ...held, expires_at: inDays(1), allowed_cidrs: [], ...more };
}
const insertToken = (more: Row = {}) => insert("token", tokenRow(more));

function insertKey(more: Row = {}): Statement {
  const base = { id: newId("key"), server_id: server.id, name: "Key", hash: randomBytes(32), pepper_version: "v" };
  return insert("server_key", { ...base, last_four: "abcd", created_by: "test", ...more });
}
const insertLink = (more: Row = {}) =>
  insert("one_time_link", {
    id: newId("link"),
    purpose: "invitation",
    person_id: person.id,
    hash: randomBytes(32),
    created_by: "test",
    expires_at: inDays(1),
    ...more,
  });
const insertSession = (more: Row = {}) =>
  insert("session", { id: newId("session"), person_id: person.id, method: "password", expires_at: inDays(1), ...more });
const insertServer = (more: Row = {}) => {
  const n = randomBytes(4).toString("hex");
  const base = { id: newId("server"), slug: `s-${n}`, name: `S ${n}`, resource: `https://${n}.example.com` };
  return insert("mcp_server", { ...base, updated_at: new Date(), ...more });
};
const insertScope = (name: string) =>
  insert("scope", { id: newId("scope"), server_id: server.id, name, access: "read" });
const insertTool = (more: Row) =>
  insert("tool", {
    id: newId("tool"),
    server_id: server.id,
    name: "T",
    source: "manual",
    updated_at: new Date(),
    ...more,
  });
const insertAgent = (more: Row) =>
  insert("agent", {
    id: newId("agent"),
    name: "A",
    kind: "machine",
    owner_id: person.id,
    updated_at: new Date(),
    ...more,
  });
const insertRole = (more: Row) => insert("role", { id: newId("role"), name: "R", updated_at: new Date(), ...more });
const insertEntry = (more: Row) =>
  insert("audit_entry", {
    idx: 1_000_000,
    id: "01900000-0000-7000-8000-000000000000",
    occurred_at: new Date(),
    action: "server.read",
    outcome: "success",
    actor_kind: "system",
    body: "{}",
    leaf: randomBytes(32),
    ...more,
  });

/** Runs statements in a transaction that is undone, deferred checks included; the error of the first that fails. */
async function attempt(statements: readonly Statement[]): Promise<pg.DatabaseError | null> {
  const client = await pool().connect();
  try {
    await client.query("BEGIN");
    for (const { sql: text, values } of statements) await client.query(text, values);
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
    return null;
  } catch (error) {
    return error as pg.DatabaseError;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

/** Constraint → statements of which the last must fail by it, and by it alone. */
const REFUSED: Record<string, () => Statement[]> = {
  person_email_normalised: () => [update("person", person.id, { email: "Upper@example.com" })],
  person_name_length: () => [update("person", person.id, { name: "" })],
  person_suspension_dated: () => [update("person", person.id, { status: "suspended" })],
  person_password_is_argon2id: () => [update("person", person.id, { password_hash: "hunter2" })],
  agent_name_length: () => [update("agent", agent.id, { name: "x".repeat(201) })],
  agent_owned: () => [update("agent", agent.id, { owner_id: null })],
  agent_suspension_dated: () => [update("agent", agent.id, { suspended_at: new Date() })],
  agent_name_key: () => [insertAgent({ name: "CONSTRAINT AGENT" })],
  mcp_server_slug_format: () => [update("mcp_server", server.id, { slug: "Not A Slug" })],
  mcp_server_name_length: () => [update("mcp_server", server.id, { name: "" })],
  mcp_server_resource_is_uri: () => [update("mcp_server", server.id, { resource: "https://a.example/#fragment" })],
  mcp_server_disabling_dated: () => [update("mcp_server", server.id, { status: "disabled" })],
  mcp_server_builtin_stays_active: () => [
    update("mcp_server", "srv_gatehouse", { status: "disabled", disabled_at: new Date() }),
  ],
  mcp_server_lifetime_positive: () => [update("mcp_server", server.id, { max_token_lifetime_seconds: 0 })],
  mcp_server_name_key: () => [insertServer({ name: server.name.toUpperCase() })],
  mcp_server_one_builtin: () => [insertServer({ builtin: true })],
  scope_name_format: () => [insertScope("tickets:*")],
  tool_name_length: () => [insertTool({ name: "" })],
  tool_pending_only_when_changed: () => [insertTool({ drift: "changed" })],
  server_key_name_length: () => [insertKey({ name: "" })],
  server_key_hash_length: () => [insertKey({ hash: randomBytes(16) })],
  server_key_last_four_length: () => [insertKey({ last_four: "abcde" })],
  server_key_expires_later: () => [insertKey({ expires_at: inDays(-1) })],
  server_key_not_its_own_predecessor: () => [insertKey({ id: "key_self", predecessor_id: "key_self" })],
  role_name_length: () => [update("role", role.id, { name: "" })],
  role_builtin_stays: () => [update("role", "rol_gatehouse_admin", { archived_at: new Date() })],
  role_name_key: () => [insertRole({ name: "Twin role" }), insertRole({ name: "tWIN ROLE" })],
  role_scope_pattern_format: () => [insert("role_scope", { role_id: role.id, server_id: server.id, pattern: "tick*" })],
  token_name_length: () => [insertToken({ name: "" })],
  token_held_by_somebody: () => [insertToken({ person_id: null })],
  token_hash_length: () => [insertToken({ hash: Buffer.alloc(31) })],
  token_last_four_length: () => [insertToken({ last_four: "" })],
  token_expires_later: () => [insertToken({ expires_at: inDays(-1) })],
  token_starts_before_it_ends: () => [insertToken({ not_before: inDays(2) })],
  token_rate_limit_whole: () => [insertToken({ rate_limit: 10 })],
  token_generation_positive: () => [insertToken({ generation: 2 })],
  token_revocation_attributed: () => [insertToken({ revoked_at: new Date() })],
  token_identity_fixed: () => [insertToken({ id: "tok_fixed" }), update("token", "tok_fixed", { kind: "rw" })],
  token_revocation_final: () => [
    insertToken({ id: "tok_revoked", revoked_at: new Date(), revoked_by: "test" }),
    update("token", "tok_revoked", { revoked_at: null, revoked_by: null }),
  ],
  server_key_identity_fixed: () => [
    insertKey({ id: "key_fixed" }),
    update("server_key", "key_fixed", { server_id: other.id }),
  ],
  server_key_revocation_final: () => [
    insertKey({ id: "key_revoked", revoked_at: new Date() }),
    update("server_key", "key_revoked", { revoked_at: null }),
  ],
  token_scope_needs_narrowed: () => [
    insertToken({ id: "tok_wide" }),
    insert("token_server", { token_id: "tok_wide", server_id: server.id }),
    insert("token_scope", { token_id: "tok_wide", scope_id: server.scopes.read.id, server_id: server.id }),
  ],
  session_ends: () => [insertSession({ expires_at: inDays(-1) })],
  one_time_link_hash_length: () => [insertLink({ hash: Buffer.alloc(0) })],
  one_time_link_for_somebody: () => [insertLink({ person_id: null })],
  one_time_link_one_open: () => [insertLink(), insertLink()],
  instance_single: () => [update("instance", 1, { id: 2 })],
  instance_lifetimes_sane: () => [update("instance", 1, { default_token_lifetime_seconds: 99_999_999 })],
  change_pending_narrows: () => [
    insert("change", { seq: 1_000_000, subject_kind: "token", subject_id: "t", state: "pending" }),
  ],
  change_only_becomes_final: () => [
    insert("change", { seq: 1_000_000, subject_kind: "token", subject_id: "t", narrows: true }),
    sql("UPDATE change SET state = 'pending' WHERE seq = 1000000"),
  ],
  change_head_single: () => [insert("change_head", { id: 2, seq: 0 })],
  audit_head_single: () => [insert("audit_head", { id: 2, next: 0 })],
  audit_entry_leaf_length: () => [insertEntry({ leaf: Buffer.alloc(31) })],
  audit_entry_outcome: () => [insertEntry({ outcome: "perhaps" })],
  person_last_owner: () => [update("person", owner.id, { console_role: "admin" })],
  // Prisma's own keys that rules rest on
  tool_scope_scope_id_server_id_fkey: () => [
    insertTool({ id: "tol_own" }),
    insert("tool_scope", { tool_id: "tol_own", scope_id: other.scopes.read.id, server_id: server.id }),
  ],
  token_scope_token_id_server_id_fkey: () => [
    insertToken({ id: "tok_narrow", narrowed: true }),
    insert("token_server", { token_id: "tok_narrow", server_id: server.id }),
    insert("token_scope", { token_id: "tok_narrow", scope_id: other.scopes.read.id, server_id: other.id }),
  ],
  token_scope_scope_id_server_id_fkey: () => [
    insertToken({ id: "tok_crossed", narrowed: true }),
    insert("token_server", { token_id: "tok_crossed", server_id: server.id }),
    insert("token_scope", { token_id: "tok_crossed", scope_id: other.scopes.read.id, server_id: server.id }),
  ],
  token_predecessor_id_key: () => [
    insertToken({ id: "tok_first" }),
    insertToken({ predecessor_id: "tok_first", generation: 2 }),
    insertToken({ predecessor_id: "tok_first", generation: 2 }),
  ],
  token_family_id_generation_key: () => [insertToken({ family_id: "f" }), insertToken({ family_id: "f" })],
  server_key_predecessor_id_key: () => [
    insertKey({ id: "key_first" }),
    insertKey({ predecessor_id: "key_first" }),
    insertKey({ predecessor_id: "key_first" }),
  ],
  token_hash_key: () => [insertToken({ hash: Buffer.alloc(32, 1) }), insertToken({ hash: Buffer.alloc(32, 1) })],
  server_key_hash_key: () => [insertKey({ hash: Buffer.alloc(32, 1) }), insertKey({ hash: Buffer.alloc(32, 1) })],
};

describe("the database itself refuses", () => {
  it.each(Object.entries(REFUSED))("%s", async (name, make) => {
    const statements = make();
    expect(await attempt(statements.slice(0, -1)), "what leads up to it is allowed").toBeNull();
    expect(await attempt(statements)).toMatchObject({ constraint: name });
  });

  it("a CIDR that is none", async () => {
    expect(await attempt([insertToken({ allowed_cidrs: ["10.0.0.0/8", "2001:db8::/32"] })])).toBeNull();
    expect(await attempt([insertToken({ allowed_cidrs: ["10.0.0.0/8", "nonsense"] })])).toMatchObject({
      code: "22P02",
    });
  });

  it.each([
    ["person_id", () => ({ person_id: owner.id })],
    ["agent_id", () => ({ agent_id: agent.id })],
    ["role_id", () => ({ role_id: "rol_gatehouse_admin" })],
    ["hash", () => ({ hash: randomBytes(32) })],
    ["expires_at", () => ({ expires_at: inDays(300) })],
    ["created_at", () => ({ created_at: inDays(-300) })],
    ["narrowed", () => ({ narrowed: false })],
  ])("another %s for a token that exists", async (_column, change) => {
    const made = insertToken({ id: "tok_kept", narrowed: true });
    expect(await attempt([made, update("token", "tok_kept", change())])).toMatchObject({
      constraint: "token_identity_fixed",
    });
  });

  it.each([
    ["an edit of the log", "UPDATE audit_entry SET outcome = 'success'"],
    ["a deletion from the log", "DELETE FROM audit_entry"],
    ["emptying the log", "TRUNCATE audit_entry"],
    ["a head that goes back", "UPDATE audit_head SET next = next - 1"],
    ["a log without a head", "DELETE FROM audit_head"],
  ])("%s", async (_what, text) => {
    // The agent's creation left an entry: there is something to rewrite.
    expect(await db().auditEntry.count()).toBeGreaterThan(0);
    expect(await attempt([sql(text)])).toMatchObject({ code: "42501" });
  });

  it("the deletion of the last owner", async () => {
    expect(await attempt([sql("DELETE FROM person WHERE id = $1", owner.id)])).toMatchObject({
      constraint: "person_last_owner",
    });
  });
});

describe("the database itself allows", () => {
  it("handing ownership over in one transaction, in either order", async () => {
    const down = update("person", owner.id, { console_role: "admin" });
    const up = update("person", person.id, { console_role: "owner" });
    expect(await attempt([down, up])).toBeNull();
    expect(await attempt([up, down])).toBeNull();
  });

  it("the name of an archived role to be used again", async () => {
    expect(
      await attempt([insertRole({ name: "Old", archived_at: new Date() }), insertRole({ name: "old" })]),
    ).toBeNull();
  });

  it("a new link after the last one was used", async () => {
    expect(await attempt([insertLink({ used_at: new Date() }), insertLink()])).toBeNull();
  });
});

it("keeps an owner where the last two leave at the same moment", async () => {
  const second = await makePerson({ consoleRole: "owner" });
  const leave = async (id: string) => {
    const client = await pool().connect();
    await client.query("BEGIN");
    await client.query("UPDATE person SET console_role = 'admin' WHERE id = $1", [id]);
    return { commit: () => client.query("COMMIT").finally(() => client.release()) };
  };
  const leaving = [await leave(owner.id), await leave(second.id)];
  const settled = await Promise.allSettled(leaving.map(({ commit }) => commit()));
  expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(settled.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { constraint: "person_last_owner" },
  });
  expect(await db().person.count({ where: { consoleRole: "owner", status: "active" } })).toBe(1);
});

it("has a case for every constraint and unique index of the migration, and for every name that a function raises", () => {
  const folder = readdirSync("prisma/migrations").find((name) => name.endsWith("_add_constraints")) ?? "";
  const migration = readFileSync(`prisma/migrations/${folder}/migration.sql`, "utf8");
  const named = [
    ...migration.matchAll(/ADD CONSTRAINT "(\w+)"/g),
    ...migration.matchAll(/CREATE UNIQUE INDEX "(\w+)"/g),
    ...migration.matchAll(/CONSTRAINT = '(\w+)'/g),
  ].map(([, name]) => name);
  // The one whose refusal comes from a cast, and so bears no constraint's name; it has a test of its own.
  const covered = new Set([...Object.keys(REFUSED), "token_cidrs_valid"]);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !covered.has(name ?? ""))).toEqual([]);
});
