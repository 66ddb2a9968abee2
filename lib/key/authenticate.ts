import "server-only";
import { pool } from "@/lib/db";
import type { AuditLevel } from "@/lib/server/schema";
import { credentialKind } from "@/lib/token/format";
import { hashCandidates } from "@/lib/token/hash";
import { digest, factCache, type FactCache } from "@/lib/validate/fact-cache";

/** The server that a key speaks for, as the answer to a call needs it. */
export type KeyHolder = {
  serverId: string;
  keyId: string;
  serverSlug: string;
  serverName: string;
  /** The canonical URI: the audience of the server's tokens. */
  resource: string;
  serverStatus: "active" | "disabled";
  auditLevel: AuditLevel;
  builtin: boolean;
};

/** A key as it was read; `endsAtSeconds` (Unix) is when it expires or its overlap ends, whichever is sooner. */
export type KeyFacts = { holder: KeyHolder; endsAtSeconds: number | null };

type Row = KeyFacts & { pending: boolean };

const FIND = {
  name: "find-server-by-key",
  text: `
SELECT json_build_object('serverId', s.id, 'keyId', k.id, 'serverSlug', s.slug, 'serverName', s.name, 'resource', s.resource,
         'serverStatus', s.status, 'auditLevel', s.audit_level, 'builtin', s.builtin) AS holder,
       extract(epoch FROM least(k.expires_at, k.retires_at))::float8 AS "endsAtSeconds",
       EXISTS (SELECT 1 FROM change c WHERE c.state = 'pending' AND (c.subject_kind, c.subject_id)
               IN (('key', k.id), ('server', s.id), ('all', 'all'))) AS pending
FROM server_key AS k JOIN mcp_server AS s ON s.id = k.server_id
WHERE k.hash = ANY($1::bytea[]) AND k.revoked_at IS NULL`,
};

const alive = (key: KeyFacts, nowSeconds: number): KeyHolder | null =>
  key.endsAtSeconds === null || nowSeconds < key.endsAtSeconds ? key.holder : null;

/**
 * The server whose live key this is; null where the key is malformed, unknown, revoked, expired or past its overlap. A
 * disabled server is found: what that means is the caller's to decide. One look-up by keyed hash, which is cached where
 * this process holds a lease.
 * @param nowSeconds our clock, Unix seconds
 */
export async function findServerByKey(credential: string, nowSeconds: number): Promise<KeyHolder | null> {
  if (credentialKind(credential) !== "srv") return null;
  const cache = factCache();
  const found = cache
    ? await cache.keyReads.load(digest(credential), () => readAndCache(cache, credential))
    : await readKey(credential);
  return found && alive(found, nowSeconds);
}

async function readKey(credential: string): Promise<Row | null> {
  const { rows } = await pool().query<Row>({ ...FIND, values: [hashCandidates(credential)] });
  return rows[0] ?? null;
}

/** Caches what it finds, if nothing was changed since. */
async function readAndCache({ cache, lease, keys }: FactCache, credential: string): Promise<KeyFacts | null> {
  const read = cache.beginRead();
  try {
    const found = await readKey(credential);
    if (!found || found.pending || !lease.alive()) return found;
    const { pending: _pending, ...key } = found;
    keys.fill(read, digest(credential), key, [
      { kind: "key", id: key.holder.keyId },
      { kind: "server", id: key.holder.serverId },
    ]);
    return found;
  } finally {
    cache.endRead(read);
  }
}

/** What `findServerByKey` answers, where it is cached and counts; undefined where it must be looked up. */
export function cachedServerByKey(credential: string, nowSeconds: number): KeyHolder | null | undefined {
  const cache = factCache();
  const known = cache?.keys.get(digest(credential));
  return known && cache?.lease.alive() ? alive(known, nowSeconds) : undefined;
}
