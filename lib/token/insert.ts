import "server-only";
import { actorRef, nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import type { FieldChange } from "@/lib/audit/entry";
import { newId } from "@/lib/id";
import type { TokenKind } from "./effective";
import { lastFour, makeCredential, maskCredential } from "./format";
import { hashCredential } from "./hash";

/** The terms of a token about to be stored, all of them checked. */
export type NewToken = {
  name: string;
  note: string;
  kind: TokenKind;
  personId: string | null;
  agentId: string | null;
  roleId: string;
  /** By server; `scopes` is null where the token follows its role. */
  servers: readonly { serverId: string; scopes: readonly string[] | null }[];
  expiresAt: Date;
  notBefore: Date | null;
  allowedCidrs: string[];
  rateLimit: { limit: number; windowSeconds: number } | null;
  predecessor: { id: string; familyId: string; generation: number } | null;
};

/** Stores a new token and returns its secret, which is kept nowhere. */
export async function insertToken(ctx: Ctx, tx: Tx, token: NewToken): Promise<{ id: string; secret: string }> {
  const id = newId("token");
  const secret = makeCredential(token.kind);
  await tx.token.create({
    data: {
      id,
      name: token.name,
      note: token.note,
      kind: token.kind,
      ...hashCredential(secret),
      lastFour: lastFour(secret),
      personId: token.personId,
      agentId: token.agentId,
      roleId: token.roleId,
      narrowed: token.servers.some(({ scopes }) => scopes !== null),
      notBefore: token.notBefore,
      expiresAt: token.expiresAt,
      allowedCidrs: token.allowedCidrs,
      rateLimit: token.rateLimit?.limit ?? null,
      rateWindowSeconds: token.rateLimit?.windowSeconds ?? null,
      familyId: token.predecessor?.familyId ?? id,
      generation: (token.predecessor?.generation ?? 0) + 1,
      predecessorId: token.predecessor?.id ?? null,
      createdAt: nowDate(ctx),
      createdBy: actorRef(ctx.actor),
    },
  });
  await tx.tokenServer.createMany({ data: token.servers.map(({ serverId }) => ({ tokenId: id, serverId })) });
  for (const { serverId, scopes } of token.servers) {
    if (scopes === null) continue;
    const rows = await tx.scope.findMany({ where: { serverId, name: { in: [...scopes] } }, select: { id: true } });
    await tx.tokenScope.createMany({ data: rows.map((scope) => ({ tokenId: id, scopeId: scope.id, serverId })) });
  }
  return { id, secret };
}

/** A token as an audit entry's `credential` names it: never its secret. */
export function describeCredential(token: { id: string; name: string; kind: TokenKind; lastFour: string }) {
  return { id: token.id, kind: token.kind, name: token.name, masked: maskCredential(token.kind, token.lastFour) };
}

/** All terms of a new token as the changes of its entry. */
export function describeTerms(token: NewToken): FieldChange[] {
  const terms = {
    name: token.name,
    note: token.note,
    kind: token.kind,
    personId: token.personId,
    agentId: token.agentId,
    roleId: token.roleId,
    servers: token.servers.map(({ serverId, scopes }) => ({ serverId, scopes })),
    expiresAt: token.expiresAt.toISOString(),
    notBefore: token.notBefore?.toISOString() ?? null,
    allowedCidrs: token.allowedCidrs,
    rateLimit: token.rateLimit,
  };
  return Object.entries(terms).map(([field, after]) => ({ field, before: null, after }));
}
