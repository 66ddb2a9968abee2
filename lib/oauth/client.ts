import "server-only";
import { createHash } from "node:crypto";
import { db, type Tx } from "@/lib/db";
import { hashCandidates } from "@/lib/token/hash";
import { equalBytes } from "@/lib/crypto/keys";

/** How a client shows who it is at the token endpoint (RFC 7591 §2). */
export const CLIENT_AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** The ways to tokens that a client may register for. */
export const CLIENT_GRANT_TYPES = [
  "authorization_code",
  "refresh_token",
  "client_credentials",
  "urn:ietf:params:oauth:grant-type:device_code",
  "urn:ietf:params:oauth:grant-type:token-exchange",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
] as const;
export type ClientGrantType = (typeof CLIENT_GRANT_TYPES)[number];

const NOTE_USE_EVERY_MS = 60_000;

const SELECT = {
  agentId: true,
  clientId: true,
  authMethod: true,
  applicationType: true,
  redirectUris: true,
  grantTypes: true,
  jwks: true,
  jwksUri: true,
  clientUri: true,
  requireDpop: true,
  approvedAt: true,
  documentFreshUntil: true,
  agent: { select: { id: true, name: true, kind: true, status: true, origin: true, ownerId: true } },
} as const;

/** A client as it stands in the database. */
export async function readClient(clientId: string, tx: Tx = db()) {
  return tx.oauthClient.findUnique({ where: { clientId }, select: SELECT });
}
export type ClientRow = NonNullable<Awaited<ReturnType<typeof readClient>>>;

/**
 * True where a presented secret is one of the client's that live now. All of them are compared, each in constant time.
 * Notes, to the minute, when it was used.
 */
export async function checkClientSecret(agentId: string, presented: string, nowSeconds: number): Promise<boolean> {
  const now = new Date(nowSeconds * 1000);
  const secrets = await db().clientSecret.findMany({
    where: { agentId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    select: { id: true, hash: true, lastUsedAt: true },
  });
  const candidates = hashCandidates(presented);
  const found = secrets.filter(({ hash }) => candidates.some((candidate) => equalBytes(candidate, hash)));
  const [used] = found;
  if (!used) return false;
  // Once a minute will do: a write for each token would make all that come at once wait for one another.
  if (!used.lastUsedAt || now.getTime() - used.lastUsedAt.getTime() >= NOTE_USE_EVERY_MS)
    await db().clientSecret.update({ where: { id: used.id }, data: { lastUsedAt: now } });
  return true;
}

/** SHA-256 of a metadata document's bytes. */
export function documentHash(bytes: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
