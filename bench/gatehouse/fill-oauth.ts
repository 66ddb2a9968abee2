import pg from "pg";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";

/** What asks at the token endpoint. */
export type OAuthParties = {
  machine: { clientId: string; secret: string };
  app: { clientId: string };
  /** One of a grant each, to refresh without end. */
  refreshTokens: string[];
};

/** Adds a machine with a secret, an app, and that many grants to a database that `fillGatehouse` has filled. */
export async function fillOAuth(url: string, grants: number): Promise<OAuthParties> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const run = (text: string, values: unknown[]) => client.query(text, values);
  const [machineId, appId] = [newId("agent"), newId("agent")];
  const secret = makeCredential("cs");
  const { hash, pepperVersion } = hashCredential(secret);
  const refreshTokens = Array.from({ length: grants }, () => makeCredential("rt"));
  const ids = refreshTokens.map(() => newId("grant"));
  try {
    await run(
      `INSERT INTO agent (id, name, kind, owner_id, updated_at)
       SELECT made.id, made.id, made.kind::"AgentKind", (SELECT id FROM person LIMIT 1), now()
       FROM unnest($1::text[], $2::text[]) AS made(id, kind)`,
      [
        [machineId, appId],
        ["machine", "interactive"],
      ],
    );
    await run(
      `INSERT INTO oauth_client (agent_id, client_id, auth_method, redirect_uris, grant_types, updated_at)
       VALUES ($1, $1, 'client_secret_basic', '{}', '{client_credentials}', now()),
              ($2, $2, 'none', '{http://127.0.0.1/callback}', '{authorization_code,refresh_token}', now())`,
      [machineId, appId],
    );
    await run(
      `INSERT INTO client_secret (id, agent_id, hash, pepper_version, last_four, created_by) VALUES ($1, $2, $3, $4, $5, 'system:bench')`,
      [newId("secret"), machineId, Buffer.from(hash), pepperVersion, lastFour(secret)],
    );
    await run(
      "INSERT INTO agent_role (agent_id, role_id, assigned_by) SELECT $1, id, 'system:bench' FROM role WHERE NOT builtin",
      [machineId],
    );
    await run(
      `INSERT INTO oauth_grant (id, person_id, agent_id, server_id, tools, expires_at)
       SELECT made.id, p.id, $2, s.id, '{}', now() + interval '1 day'
       FROM unnest($1::text[]) WITH ORDINALITY AS made(id, nth)
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM person) AS p ON p.nth = (made.nth - 1) % 200 + 1
       CROSS JOIN (SELECT id FROM mcp_server WHERE NOT builtin) AS s`,
      [ids, appId],
    );
    await run(
      `INSERT INTO oauth_grant_scope (grant_id, scope_id, server_id)
       SELECT g.id, sc.id, g.server_id FROM oauth_grant g JOIN scope sc ON sc.server_id = g.server_id`,
      [],
    );
    await run(
      `INSERT INTO refresh_token (id, grant_id, hash, scope, expires_at)
       SELECT id, grant_id, hash, 'tickets:read', now() + interval '1 day'
       FROM unnest($1::text[], $2::text[], $3::bytea[]) AS made(id, grant_id, hash)`,
      [
        refreshTokens.map(() => newId("refreshToken")),
        ids,
        refreshTokens.map((token) => Buffer.from(hashCredential(token).hash)),
      ],
    );
    await run("ANALYZE", []);
    return { machine: { clientId: machineId, secret }, app: { clientId: appId }, refreshTokens };
  } finally {
    await client.end();
  }
}
