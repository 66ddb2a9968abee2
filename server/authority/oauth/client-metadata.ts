import { randomBytes } from "node:crypto";
import type { AdapterPayload } from "oidc-provider";
import type { ClientRow } from "@/lib/oauth/client";
import { MCP_TOOLS } from "@/lib/oauth/declared-tools";
import { SIGNING_ALGORITHM } from "@/lib/oauth/signing-keys";

/**
 * The engine wants to know a secret where a client has one. Ours stand in the database as keyed hashes and are compared there
 * (`models.ts`); this one is told to nobody, and dies with the process.
 */
const NO_SECRET = randomBytes(32).toString("base64url");

/** A client in the engine's words (RFC 7591). */
export function toClientMetadata(row: ClientRow): AdapterPayload {
  return {
    client_id: row.clientId,
    client_name: row.agent.name,
    client_secret: row.authMethod.startsWith("client_secret") ? NO_SECRET : undefined,
    token_endpoint_auth_method: row.authMethod,
    application_type: row.applicationType,
    redirect_uris: row.redirectUris,
    response_types: row.grantTypes.includes("authorization_code") ? ["code"] : [],
    grant_types: row.grantTypes,
    jwks: row.jwks ?? undefined,
    jwks_uri: row.jwksUri ?? undefined,
    dpop_bound_access_tokens: row.requireDpop,
    id_token_signed_response_alg: SIGNING_ALGORITHM,
    response_modes: ["query"],
    authorization_details_types: [MCP_TOOLS],
    agent_id: row.agentId,
    introduced_itself: row.agent.origin !== "registered" && !row.letIn,
  } as AdapterPayload;
}
