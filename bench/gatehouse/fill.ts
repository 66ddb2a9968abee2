import { appendFileSync, writeFileSync } from "node:fs";
import pg from "pg";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { migrate } from "@/server/database/migrate";

const PEOPLE = 200;
/** Rows of one statement. */
const CHUNK = 20_000;

const serverId = newId("server");
const roleId = newId("role");
const scopeId = newId("scope");
const people = Array.from({ length: PEOPLE }, () => newId("person"));
const agents = Array.from({ length: PEOPLE }, () => newId("agent"));
const tools = ["list_tickets", ...Array.from({ length: 19 }, (_, nth) => `tool_${nth}`)];

async function fillParties(client: pg.Client): Promise<void> {
  const run = (text: string, values: unknown[]) => client.query(text, values);
  await run(
    `INSERT INTO mcp_server (id, slug, name, resource, updated_at)
     VALUES ($1, 'tickets', 'Tickets', 'https://tickets.example.com/mcp', now())`,
    [serverId],
  );
  await run("INSERT INTO scope (id, server_id, name, access) VALUES ($1, $2, 'tickets:read', 'read')", [
    scopeId,
    serverId,
  ]);
  await run("INSERT INTO role (id, name, updated_at) VALUES ($1, 'Support reader', now())", [roleId]);
  await run("INSERT INTO role_scope (role_id, server_id, pattern) VALUES ($1, $2, 'tickets:read')", [roleId, serverId]);
  await run(
    `INSERT INTO tool (id, server_id, name, source, updated_at) SELECT id, $2, name, 'manual', now()
     FROM unnest($1::text[], $3::text[]) AS made(id, name)`,
    [tools.map(() => newId("tool")), serverId, tools],
  );
  await run(
    "INSERT INTO tool_scope (tool_id, scope_id, server_id) SELECT id, $1, server_id FROM tool WHERE server_id = $2",
    [scopeId, serverId],
  );
  await run(
    `INSERT INTO person (id, email, name, console_role, status, updated_at)
     SELECT id, 'person-' || n || '@example.com', 'Person ' || n, 'member', 'active', now()
     FROM unnest($1::text[]) WITH ORDINALITY AS made(id, n)`,
    [people],
  );
  await run(
    `INSERT INTO agent (id, name, kind, owner_id, updated_at) SELECT id, 'Agent ' || n, 'interactive', owner, now()
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS made(id, owner, n)`,
    [agents, people],
  );
  await run("INSERT INTO person_role (person_id, role_id, assigned_by) SELECT unnest($1::text[]), $2, 'system:bench'", [
    people,
    roleId,
  ]);
}

async function fillKey(client: pg.Client): Promise<string> {
  const secret = makeCredential("srv");
  const { hash, pepperVersion } = hashCredential(secret);
  await client.query(
    `INSERT INTO server_key (id, server_id, name, hash, pepper_version, last_four, created_by)
     VALUES ($1, $2, 'Bench', $3, $4, $5, 'system:bench')`,
    [newId("key"), serverId, Buffer.from(hash), pepperVersion, lastFour(secret)],
  );
  return secret;
}

/** Tokens from the `first` on, as rows, without an entry each: the log of the minting is not what is measured. */
async function fillTokens(client: pg.Client, first: number, count: number): Promise<string[]> {
  const secrets = Array.from({ length: count }, () => makeCredential("ro"));
  const ids = secrets.map(() => newId("token"));
  const [version] = secrets.slice(0, 1).map((secret) => hashCredential(secret).pepperVersion);
  await client.query(
    `INSERT INTO token (id, name, kind, hash, pepper_version, last_four, person_id, agent_id, role_id, expires_at, allowed_cidrs, family_id, created_by)
     SELECT id, 'Token ' || n, 'ro', hash, $4, four, ($5::text[])[n % $7 + 1], ($6::text[])[n % $7 + 1], $8,
            now() + interval '30 days', '{}', id, 'system:bench'
     FROM (SELECT id, hash, four, $9::int + (nth - 1)::int AS n
           FROM unnest($1::text[], $2::bytea[], $3::text[]) WITH ORDINALITY AS made(id, hash, four, nth)) AS made`,
    [
      ids,
      secrets.map((secret) => Buffer.from(hashCredential(secret).hash)),
      secrets.map(lastFour),
      version,
      people,
      agents,
      PEOPLE,
      roleId,
      first,
    ],
  );
  await client.query("INSERT INTO token_server (token_id, server_id) SELECT unnest($1::text[]), $2", [ids, serverId]);
  return secrets;
}

/**
 * Fills an empty database with one MCP server of 20 tools, 200 people with an agent each, and that many live tokens, which
 * are written to `tokenFile` with nothing between them. Returns the server's key.
 */
export async function fillGatehouse(url: string, tokenCount: number, tokenFile: string): Promise<string> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await fillParties(client);
    const key = await fillKey(client);
    writeFileSync(tokenFile, "", { mode: 0o600 });
    for (let first = 0; first < tokenCount; first += CHUNK) {
      const secrets = await fillTokens(client, first, Math.min(CHUNK, tokenCount - first));
      appendFileSync(tokenFile, secrets.join(""));
    }
    await client.query("VACUUM ANALYZE");
    return key;
  } finally {
    await client.end();
  }
}
