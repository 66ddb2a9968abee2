import "server-only";
import { pool } from "@/lib/db";
import { credentialKind } from "@/lib/token/format";
import { hashCandidates } from "@/lib/token/hash";

/** The server that a key speaks for, as the answer to a call needs it. */
export type KeyHolder = {
  serverId: string;
  keyId: string;
  serverSlug: string;
  serverName: string;
  /** The canonical URI: the audience of the server's tokens. */
  resource: string;
  serverStatus: "active" | "disabled";
  builtin: boolean;
};

const FIND = {
  name: "find-server-by-key",
  text: `
SELECT s.id AS "serverId", k.id AS "keyId", s.slug AS "serverSlug", s.name AS "serverName", s.resource,
       s.status::text AS "serverStatus", s.builtin
FROM server_key AS k JOIN mcp_server AS s ON s.id = k.server_id
WHERE k.hash = ANY($1::bytea[]) AND k.revoked_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > to_timestamp($2))
  AND (k.retires_at IS NULL OR k.retires_at > to_timestamp($2))`,
};

/**
 * The server whose live key this is, with one look-up by keyed hash; null where the key is malformed, unknown, revoked,
 * expired or past its overlap. A disabled server is found: what that means is the caller's to decide.
 * @param nowSeconds our clock, Unix seconds
 */
export async function findServerByKey(credential: string, nowSeconds: number): Promise<KeyHolder | null> {
  if (credentialKind(credential) !== "srv") return null;
  const { rows } = await pool().query<KeyHolder>({ ...FIND, values: [hashCandidates(credential), nowSeconds] });
  return rows[0] ?? null;
}
