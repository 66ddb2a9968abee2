import type Provider from "oidc-provider";
import { db } from "@/lib/db";

/**
 * Leaves out of the metadata (RFC 8414) what there is not, as the ways in that the policy closed: a client that sees them takes
 * them, and fails.
 */
export function tellWhatIsOpen(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    if ((ctx as { oidc?: { route?: string } }).oidc?.route !== "discovery") return;
    const { registration, documents } = await db().instance.findUniqueOrThrow({
      where: { id: 1 },
      select: { registration: true, documents: true },
    });
    const metadata = ctx.body as Record<string, unknown>;
    // The engine names all that it could do; every client here has this one (`client-metadata.ts`).
    metadata.response_modes_supported = ["query"];
    if (registration === "off") delete metadata.registration_endpoint;
    if (documents === "off") delete metadata.client_id_metadata_document_supported;
  });
}
