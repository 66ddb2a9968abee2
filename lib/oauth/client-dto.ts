import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { isoOrNull } from "@/lib/instant";
import { maskCredential } from "@/lib/token/format";
import type { ClientSecretDto, OauthClientDto } from "./client-schema";
import { dueInDays, isOverdue, secretDueAt } from "./secret-due";

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

/** After how many days the policy wants a secret replaced; 0 where it does not. */
export async function readRotationDays(tx: Tx): Promise<number> {
  const policy = await tx.instance.findUniqueOrThrow({ where: { id: 1 }, select: { secretRotationDays: true } });
  return policy.secretRotationDays;
}

/** A row as the DTO. */
export function toSecretDto(ctx: Ctx, { lastFour, ...row }: SecretRow, rotationDays: number): ClientSecretDto {
  const now = nowDate(ctx);
  const status = row.revokedAt ? "revoked" : row.expiresAt && row.expiresAt <= now ? "expired" : "active";
  return {
    id: row.id,
    masked: maskCredential("cs", lastFour),
    status,
    createdAt: row.createdAt.toISOString(),
    expiresAt: isoOrNull(row.expiresAt),
    revokedAt: isoOrNull(row.revokedAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    dueAt: isoOrNull(secretDueAt(row.createdAt, rotationDays)),
    overdue: status === "active" && isOverdue(row.createdAt, rotationDays, now),
    dueInDays: status === "active" ? dueInDays(row.createdAt, rotationDays, now) : null,
  };
}

function byServer(
  scopes: readonly { name: string; server: { id: string; name: string } }[],
): OauthClientDto["pregranted"] {
  const found = new Map<string, OauthClientDto["pregranted"][number]>();
  for (const { name, server } of scopes) {
    const one = found.get(server.id) ?? { server, scopes: [] };
    one.scopes.push(name);
    found.set(server.id, one);
  }
  return [...found.values()];
}

/** An agent as OAuth client; null where it is none. */
export async function readClientDto(ctx: Ctx, tx: Tx, agentId: string): Promise<OauthClientDto | null> {
  const [client, rotationDays, secrets, pregranted] = await Promise.all([
    tx.oauthClient.findUnique({ where: { agentId } }),
    readRotationDays(tx),
    tx.clientSecret.findMany({ where: { agentId }, select: secretSelect, orderBy: { id: "desc" } }),
    tx.pregrantedScope.findMany({
      where: { agentId },
      select: { scope: { select: { name: true, server: { select: { id: true, name: true } } } } },
      orderBy: [{ scope: { server: { name: "asc" } } }, { scope: { name: "asc" } }],
    }),
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
    pregranted: byServer(pregranted.map(({ scope }) => scope)),
    documentReadAt: isoOrNull(client.documentReadAt),
    secrets: secrets.map((row) => toSecretDto(ctx, row, rotationDays)),
    createdAt: client.createdAt.toISOString(),
  };
}
