// What a good engineer writes by hand in an afternoon: plain `pg` and `node:http`. One look-up by keyed hash with the joins
// that the answer needs, the rules in a few lines, one audit insert per call, the answer after the insert is committed.
// Prepared statements, a pool, indexes where they help. It has no roles of its own, no rotation, no rate limits, no server
// keys, and its log can be edited: Gatehouse does more per call than this.
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { handOver, listen, readJson, sendJson, settings } from "./serve.mjs";

const SCHEMA = `
CREATE TABLE person (id text PRIMARY KEY, email text NOT NULL UNIQUE, suspended boolean NOT NULL DEFAULT false);
CREATE TABLE agent (id text PRIMARY KEY, name text NOT NULL, suspended boolean NOT NULL DEFAULT false);
CREATE TABLE tool (name text PRIMARY KEY, scope text NOT NULL);
CREATE TABLE token (
  id text PRIMARY KEY, hash bytea NOT NULL UNIQUE, name text NOT NULL, role text NOT NULL, scopes text[] NOT NULL,
  person_id text NOT NULL REFERENCES person, agent_id text NOT NULL REFERENCES agent,
  expires_at timestamptz NOT NULL, revoked_at timestamptz);
CREATE TABLE audit (
  id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), token_id text, person_id text, tool text,
  outcome text NOT NULL, reason text NOT NULL, ip text);
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_token ON audit (token_id, at);`;

const FIND = `
SELECT t.id, t.name, t.role, t.scopes, t.revoked_at, extract(epoch FROM t.expires_at)::int AS expires_at,
       p.id AS person_id, p.email, p.suspended AS person_suspended, a.id AS agent_id, a.name AS agent_name,
       a.suspended AS agent_suspended, (SELECT tool.scope FROM tool WHERE tool.name = $2) AS needs
FROM token t JOIN person p ON p.id = t.person_id JOIN agent a ON a.id = t.agent_id WHERE t.hash = $1`;

const RECORD = `
INSERT INTO audit (id, token_id, person_id, tool, outcome, reason, ip) VALUES ($1, $2, $3, $4, $5, $6, $7)`;

const PEOPLE = 200;
const pepper = randomBytes(32);
const hash = (token) => createHmac("sha256", pepper).update(token).digest();
// More connections than Gatehouse's pool has: here every call has a commit of its own, and PostgreSQL groups what waits.
const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 20 });
const server = { id: "tickets", resource: "https://tickets.example.com/mcp" };

async function fill() {
  await pool.query(SCHEMA);
  await pool.query("INSERT INTO tool SELECT 'tool_' || n, 'tickets:read' FROM generate_series(1, 19) n");
  await pool.query("INSERT INTO tool VALUES ('list_tickets', 'tickets:read')");
  await pool.query(
    "INSERT INTO person SELECT 'per_' || n, 'person-' || n || '@example.com' FROM generate_series(1, $1::int) n",
    [PEOPLE],
  );
  await pool.query("INSERT INTO agent SELECT 'agt_' || n, 'Agent ' || n FROM generate_series(1, $1::int) n", [PEOPLE]);
  const tokens = Array.from({ length: settings.tokenCount }, () => `tok_${randomBytes(32).toString("base64url")}`);
  await pool.query(
    `INSERT INTO token (id, hash, name, role, scopes, person_id, agent_id, expires_at)
     SELECT gen_random_uuid(), hash, 'Token ' || n, 'Support reader', '{tickets:read}',
            'per_' || (n % $2::int + 1), 'agt_' || (n % $2::int + 1), now() + interval '30 days'
     FROM unnest($1::bytea[]) WITH ORDINALITY AS known(hash, n)`,
    [tokens.map(hash), PEOPLE],
  );
  await pool.query("ANALYZE");
  handOver(tokens);
}

/** The first reason that applies. */
function decide(row) {
  if (!row) return "unknown_token";
  if (row.revoked_at) return "revoked";
  if (row.expires_at * 1000 <= Date.now()) return "expired";
  if (row.person_suspended) return "person_suspended";
  if (row.agent_suspended) return "agent_suspended";
  if (!row.needs) return "unknown_tool";
  return row.scopes.includes(row.needs) ? "ok" : "insufficient_scope";
}

async function validate({ token, tool, clientIp }) {
  const { rows } = await pool.query({ name: "find", text: FIND, values: [hash(token), tool] });
  const row = rows[0];
  const reason = decide(row);
  const decision = reason === "ok" ? "allow" : "deny";
  const auditId = randomUUID();
  const entry = [auditId, row?.id, row?.person_id, tool, decision, reason, clientIp];
  await pool.query({ name: "record", text: RECORD, values: entry });
  if (!row) return { active: false, decision, reason, auditId };
  return {
    active: true,
    decision,
    reason,
    token: { id: row.id, kind: "static", name: row.name },
    person: { id: row.person_id, email: row.email },
    agent: { id: row.agent_id, name: row.agent_name },
    server,
    role: row.role,
    scopes: row.scopes,
    missingScopes: [],
    expiresAt: row.expires_at,
    rateLimit: null,
    auditId,
  };
}

await fill();
await listen(async (request, response) => {
  try {
    sendJson(response, JSON.stringify(await validate(await readJson(request))));
  } catch (error) {
    sendJson(response, JSON.stringify({ error: String(error) }), 500);
  }
});
