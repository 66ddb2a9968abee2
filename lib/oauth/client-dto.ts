import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { maskCredential } from "@/lib/token/format";
import type { ClientSecretDto, OauthClientDto } from "./client-schema";

/** The columns a `ClientSecretDto` is made of. */
export const secretSelect = {
  id: true,
  lastFour: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
} satisfies Prisma.ClientSecretSelect;

type SecretRow = Prisma.ClientSecretGetPayload<{ select: typeof secretSelect }>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A row as the DTO. */
export function toSecretDto(ctx: Ctx, { lastFour, ...row }: SecretRow): ClientSecretDto {
  const status = row.revokedAt ? "revoked" : row.expiresAt && row.expiresAt <= nowDate(ctx) ? "expired" : "active";
  return {
    id: row.id,
    masked: maskCredential("cs", lastFour),
    status,
    createdAt: row.createdAt.toISOString(),
    expiresAt: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
    lastUsedAt: iso(row.lastUsedAt),
  };
}

/** An agent as OAuth client; null where it is none. */
export async function readClientDto(ctx: Ctx, tx: Tx, agentId: string): Promise<OauthClientDto | null> {
  const [client, secrets] = await Promise.all([
    tx.oauthClient.findUnique({ where: { agentId } }),
    tx.clientSecret.findMany({ where: { agentId }, select: secretSelect, orderBy: { id: "desc" } }),
  ]);
  if (!client) return null;
  return {
    agentId,
    clientId: client.clientId,
    authMethod: client.authMethod as OauthClientDto["authMethod"],
    applicationType: client.applicationType as OauthClientDto["applicationType"],
    redirectUris: client.redirectUris,
    grantTypes: client.grantTypes,
    jwks: client.jwks,
    jwksUri: client.jwksUri,
    clientUri: client.clientUri,
    requireDpop: client.requireDpop,
    idleTimeoutSeconds: client.idleTimeoutSeconds,
    documentReadAt: iso(client.documentReadAt),
    secrets: secrets.map((row) => toSecretDto(ctx, row)),
    createdAt: client.createdAt.toISOString(),
  };
}
