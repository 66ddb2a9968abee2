import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";

/** Credentials for tests, as rows made directly, with their secrets. */
type TokenTerms = {
  personId?: string;
  agentId?: string;
  roleId: string;
  serverIds: readonly string[];
  kind?: "ro" | "rw" | "adm";
  name?: string;
  /** Ids of scopes, with their servers. */
  narrowedTo?: readonly { scopeId: string; serverId: string }[];
  expiresAt?: Date;
  notBefore?: Date;
  createdAt?: Date;
  retiresAt?: Date;
  revokedAt?: Date;
  allowedCidrs?: string[];
  rateLimit?: { limit: number; windowSeconds: number };
  /** The token itself; a new one where absent. */
  secret?: string;
};

const HOUR_MS = 3_600_000;

/** A token under those terms, live for an hour unless they say otherwise. Nobody is given its role. */
export async function makeToken(terms: TokenTerms): Promise<{ id: string; secret: string }> {
  const { kind = "rw", name = "Test token", serverIds, narrowedTo, rateLimit, allowedCidrs = [], ...rest } = terms;
  const { secret = makeCredential(kind), ...columns } = rest;
  const id = newId("token");
  await db().token.create({
    data: {
      ...columns,
      id,
      name,
      kind,
      ...hashCredential(secret),
      lastFour: lastFour(secret),
      familyId: id,
      narrowed: narrowedTo !== undefined,
      createdAt: terms.createdAt ?? new Date(Date.now() - HOUR_MS),
      expiresAt: terms.expiresAt ?? new Date(Date.now() + HOUR_MS),
      allowedCidrs,
      rateLimit: rateLimit?.limit,
      rateWindowSeconds: rateLimit?.windowSeconds,
      revokedBy: terms.revokedAt && "system:test",
      createdBy: "system:test",
      servers: { create: serverIds.map((serverId) => ({ serverId })) },
    },
  });
  for (const { scopeId, serverId } of narrowedTo ?? [])
    await db().tokenScope.create({ data: { tokenId: id, scopeId, serverId } });
  return { id, secret };
}

/** A live key of a server. */
export async function makeKey(serverId: string, overrides: { expiresAt?: Date; revokedAt?: Date } = {}) {
  const id = newId("key");
  const secret = makeCredential("srv");
  await db().serverKey.create({
    data: {
      id,
      serverId,
      name: "Test key",
      ...hashCredential(secret),
      lastFour: lastFour(secret),
      createdBy: "system:test",
      createdAt: new Date(Date.now() - HOUR_MS),
      ...overrides,
    },
  });
  return { id, secret };
}
