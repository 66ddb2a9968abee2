import "server-only";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { PROOF_ALGORITHMS } from "@/lib/validate/dpop";
import { MCP_TOOLS } from "./declared-tools";

/** Where Gatehouse serves the documents, before the server's slug. */
export const RESOURCES_PATH = "/oauth/resources/";

/** Protected resource metadata (RFC 9728 §2), as far as it means anything here. */
export type ProtectedResource = {
  resource: string;
  resource_name: string;
  authorization_servers: string[];
  scopes_supported: string[];
  bearer_methods_supported: string[];
  authorization_details_types_supported: string[];
  dpop_signing_alg_values_supported: readonly string[];
  dpop_bound_access_tokens_required: boolean;
};

/**
 * What clients must know to get a token for a server, ready to be served by it, or linked. Null where there is no such server, or
 * it is disabled. Anybody may read it: it says nothing that the consent page does not say to everybody who is asked.
 */
export async function readProtectedResource(slug: string): Promise<ProtectedResource | null> {
  const server = await db().mcpServer.findFirst({
    where: { slug, builtin: false, status: "active" },
    select: {
      name: true,
      resource: true,
      requireDpop: true,
      scopes: { select: { name: true }, orderBy: { name: "asc" } },
    },
  });
  return (
    server && {
      resource: server.resource,
      resource_name: server.name,
      authorization_servers: [env().GATEHOUSE_URL],
      scopes_supported: server.scopes.map(({ name }) => name).filter((name) => name !== "offline_access"),
      bearer_methods_supported: ["header"],
      authorization_details_types_supported: [MCP_TOOLS],
      dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
      dpop_bound_access_tokens_required: server.requireDpop,
    }
  );
}
