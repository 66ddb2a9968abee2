import "server-only";
import { createHash } from "node:crypto";
import type { Agent } from "@/lib/generated/prisma/client.ts";
import { db, queryAlone, type Query } from "@/lib/db";
import { hashCandidates } from "@/lib/token/hash";
import { equalBytes } from "@/lib/crypto/keys";
import { lettingIn } from "./approved";
import { EXTRA_GRANT_TYPES } from "./client-schema";
import { SECRET_DUE_AT } from "./secret-due";

/** The ways to tokens that a client may register for. */
export const CLIENT_GRANT_TYPES = [
  "authorization_code",
  "refresh_token",
  "client_credentials",
  EXTRA_GRANT_TYPES.device_code,
  EXTRA_GRANT_TYPES.token_exchange,
  EXTRA_GRANT_TYPES.jwt_bearer,
] as const;
export type ClientGrantType = (typeof CLIENT_GRANT_TYPES)[number];

const NOTE_USE_EVERY_SECONDS = 60;

/** A client as it stands in the database, with its secrets that were not revoked. */
export type ClientRow = {
  agentId: string;
  clientId: string;
  authMethod: string;
  applicationType: string;
  redirectUris: string[];
  grantTypes: string[];
  jwks: unknown;
  jwksUri: string | null;
  clientUri: string | null;
  requireDpop: boolean;
  /** Its own limit of rest; null where the policy's counts. */
  idleTimeoutSeconds: number | null;
  /** True where an admin let it in, and that still counts. */
  letIn: boolean;
  documentFreshUntil: Date | null;
  agent: Pick<Agent, "id" | "name" | "kind" | "status" | "origin" | "ownerId">;
  secrets: {
    id: string;
    hash: string;
    expiresAtSeconds: number | null;
    /** From when on the policy refuses it as overdue; null where it does not. */
    refusedFromSeconds: number | null;
    lastUsedAtSeconds: number | null;
  }[];
};

// All at once, because every request at the token endpoint asks for it.
const READ = `
  SELECT c.agent_id AS "agentId", c.client_id AS "clientId", c.auth_method AS "authMethod", c.application_type AS "applicationType",
    c.redirect_uris AS "redirectUris", c.grant_types AS "grantTypes", c.jwks, c.jwks_uri AS "jwksUri", c.client_uri AS "clientUri",
    c.require_dpop AS "requireDpop", c.idle_timeout_seconds AS "idleTimeoutSeconds", EXISTS (${lettingIn("c.agent_id")}) AS "letIn", c.document_fresh_until AS "documentFreshUntil",
    json_build_object('id', a.id, 'name', a.name, 'kind', a.kind, 'status', a.status, 'origin', a.origin, 'ownerId', a.owner_id) AS agent,
    coalesce((SELECT json_agg(json_build_object('id', s.id, 'hash', encode(s.hash, 'hex'),
        'expiresAtSeconds', extract(epoch FROM s.expires_at),
        'refusedFromSeconds', CASE WHEN i.refuse_overdue_secrets THEN extract(epoch FROM ${SECRET_DUE_AT}) END,
        'lastUsedAtSeconds', extract(epoch FROM s.last_used_at)))
      FROM client_secret s WHERE s.agent_id = c.agent_id AND s.revoked_at IS NULL), '[]') AS secrets
  FROM oauth_client c JOIN agent a ON a.id = c.agent_id JOIN instance i ON i.id = 1 WHERE c.client_id = $1`;

/** A client by what it calls itself; null where there is none. */
export async function readClient(clientId: string, run: Query = queryAlone): Promise<ClientRow | null> {
  const [row] = await run<ClientRow>({ name: "oauth-client", text: READ, values: [clientId] });
  return row ?? null;
}

/** Why a secret that the policy refuses gets nothing; for the log. */
export const SECRET_OVERDUE = "the client secret is overdue: it must be replaced";

/** What a presented secret is: one of the client's; one that the policy refuses because it is overdue; or none. */
export type SecretVerdict = "good" | "overdue" | "wrong";

/**
 * Whether a presented secret is one of the client's that live now. All of them are compared, each in constant time.
 * Notes, to the minute, when it was used.
 */
export async function checkClientSecret(
  { secrets }: ClientRow,
  presented: string,
  nowSeconds: number,
): Promise<SecretVerdict> {
  const live = secrets.filter(({ expiresAtSeconds }) => expiresAtSeconds === null || expiresAtSeconds > nowSeconds);
  const candidates = hashCandidates(presented);
  const found = live.filter(({ hash }) => candidates.some((one) => equalBytes(one, Buffer.from(hash, "hex"))));
  const [used] = found;
  if (!used) return "wrong";
  if (used.refusedFromSeconds !== null && used.refusedFromSeconds <= nowSeconds) return "overdue";
  // Once a minute will do: a write for each token would make all that come at once wait for one another.
  if (used.lastUsedAtSeconds === null || nowSeconds - used.lastUsedAtSeconds >= NOTE_USE_EVERY_SECONDS)
    await db().clientSecret.update({ where: { id: used.id }, data: { lastUsedAt: new Date(nowSeconds * 1000) } });
  return "good";
}

/** SHA-256 of a metadata document's bytes. */
export function documentHash(bytes: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
