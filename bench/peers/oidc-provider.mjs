// oidc-provider's token introspection (RFC 7662) with opaque access tokens, each of a grant, in PostgreSQL. The adapter
// follows the shape that the library documents (`example/my_adapter.js`) and that PostgreSQL adapters in the field have: one
// table, the payload as jsonb, keyed by model and id, indexes on what else is looked for. The caller sends the hint
// `token_type_hint=access_token`, which saves look-ups. The client is configured statically, so it costs none. Nothing is
// recorded: this peer does less per call than Gatehouse.
import pg from "pg";
import { Provider } from "oidc-provider";
import { forEachOf, handOver, listen, settings } from "./serve.mjs";

const SCHEMA = `
CREATE TABLE oidc_payload (
  model text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text, user_code text, uid text,
  expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (model, id));
CREATE INDEX ON oidc_payload (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX ON oidc_payload (model, uid) WHERE uid IS NOT NULL;
CREATE INDEX ON oidc_payload (model, user_code) WHERE user_code IS NOT NULL;
CREATE INDEX ON oidc_payload (expires_at);`;

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 20 });

const FIND = `
SELECT payload, consumed_at IS NOT NULL AS consumed FROM oidc_payload
WHERE model = $1 AND id = $2 AND (expires_at IS NULL OR expires_at > now())`;
const UPSERT = `
INSERT INTO oidc_payload (model, id, payload, grant_id, user_code, uid, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`;

class PostgresAdapter {
  constructor(model) {
    this.model = model;
  }

  async #findWhere(column, value) {
    const text = FIND.replace("id = $2", `${column} = $2`);
    const { rows } = await pool.query({ name: `find-by-${column}`, text, values: [this.model, value] });
    const [row] = rows;
    return row && { ...row.payload, ...(row.consumed && { consumed: true }) };
  }

  find(id) {
    return this.#findWhere("id", id);
  }

  findByUid(uid) {
    return this.#findWhere("uid", uid);
  }

  findByUserCode(userCode) {
    return this.#findWhere("user_code", userCode);
  }

  async upsert(id, payload, expiresIn) {
    const { grantId, userCode, uid } = payload;
    await pool.query(UPSERT, [this.model, id, payload, grantId, userCode, uid, expiresIn ?? null]);
  }

  async consume(id) {
    await pool.query("UPDATE oidc_payload SET consumed_at = now() WHERE model = $1 AND id = $2", [this.model, id]);
  }

  async destroy(id) {
    await pool.query("DELETE FROM oidc_payload WHERE model = $1 AND id = $2", [this.model, id]);
  }

  async revokeByGrantId(grantId) {
    await pool.query("DELETE FROM oidc_payload WHERE grant_id = $1", [grantId]);
  }
}

const MONTH_SECONDS = 30 * 24 * 3600;
const RESOURCE = "https://tickets.example.com/mcp";
const provider = new Provider("http://localhost", {
  adapter: PostgresAdapter,
  clients: [
    {
      client_id: "tickets",
      client_secret: "a-secret-for-measurements-alone",
      redirect_uris: ["https://tickets.example.com/callback"],
    },
  ],
  features: { introspection: { enabled: true }, devInteractions: { enabled: false } },
  scopes: ["tickets:read"],
  ttl: { AccessToken: MONTH_SECONDS, Grant: MONTH_SECONDS },
});

async function fill() {
  await pool.query(SCHEMA);
  const client = await provider.Client.find("tickets");
  const tokens = [];
  await forEachOf(settings.tokenCount, async (nth) => {
    const accountId = `person-${nth % 200}`;
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addResourceScope(RESOURCE, "tickets:read");
    const grantId = await grant.save(MONTH_SECONDS);
    const token = new provider.AccessToken({
      accountId,
      client,
      grantId,
      gty: "authorization_code",
      scope: "tickets:read",
    });
    token.aud = RESOURCE;
    tokens.push(await token.save(MONTH_SECONDS));
  });
  await pool.query("ANALYZE");
  handOver(tokens);
}

await fill();
await listen(provider.callback());
