import "server-only";
import type { z } from "zod";
import { changesBetween } from "@/lib/audit/changes";
import { actorRef, nowDate } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { defineRead, defineVerb } from "@/lib/verb";
import type { RemoveIssuerInput, SetIssuerInput, TrustedIssuerDto, trustedIssuersSchema } from "./issuer-schema";

type Row = { issuer: string; jwksUri: string; enabled: boolean; createdAt: Date };

async function toDtos(tx: Tx, rows: readonly Row[]): Promise<TrustedIssuerDto[]> {
  const linked = await tx.personIdentity.groupBy({
    by: ["issuer"],
    where: { issuer: { in: rows.map(({ issuer }) => issuer) }, person: { status: "active" } },
    _count: true,
  });
  const people = new Map(linked.map(({ issuer, _count }) => [issuer, _count]));
  return rows.map(({ issuer, jwksUri, enabled, createdAt }) => ({
    issuer,
    jwksUri,
    enabled,
    linkedPeople: people.get(issuer) ?? 0,
    createdAt: createdAt.toISOString(),
  }));
}

/** What an entry is about: a provider has no id but its address, and goes by its host. */
const targetOf = (issuer: string) => ({
  kind: "issuer" as const,
  id: issuer,
  name: URL.canParse(issuer) ? new URL(issuer).host : null,
});

/** Lists the identity providers whose word lets agents in. There are few. */
export const listTrustedIssuers = defineRead(
  { action: "agent.read", permission: "agent.read" },
  async ({ db }, _input: object): Promise<z.infer<typeof trustedIssuersSchema>> => ({
    items: await toDtos(db, await db.trustedIssuer.findMany({ orderBy: { issuer: "asc" } })),
    nextCursor: null,
  }),
);

/**
 * Trusts an identity provider, changes where its keys stand, or trusts it no more. It can speak for everybody whose account there is linked: so
 * this is the owners'. What it let in before lives out its time.
 */
export const setTrustedIssuer = defineVerb(
  {
    action: "issuer.set",
    permission: "person.elevate",
    recentAuthentication: true,
    target: ({ issuer }: SetIssuerInput) => targetOf(issuer),
  },
  async ({ ctx, tx, record }, { issuer, jwksUri, enabled }): Promise<TrustedIssuerDto> => {
    // Of two at once the second sees what the first made of it, also where there was none before.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`gatehouse.issuer:${issuer}`}))`;
    const before = await tx.trustedIssuer.findUnique({ where: { issuer } });
    const row = await tx.trustedIssuer.upsert({
      where: { issuer },
      create: { issuer, jwksUri, enabled, createdAt: nowDate(ctx), createdBy: actorRef(ctx.actor) },
      update: { jwksUri, enabled },
    });
    const none = { jwksUri: null, enabled: null };
    const changes = changesBetween(before ? { ...before } : none, { jwksUri, enabled });
    if (changes.length > 0) record({ action: "issuer.set", outcome: "success", target: targetOf(issuer), changes });
    const [dto] = await toDtos(tx, [row]);
    if (!dto) throw new Error("one row makes one of them");
    return dto;
  },
);

/**
 * Takes an identity provider off the list. Its word counts for nothing from then on; what it let in before lives out its time. One that is
 * not on the list is none already.
 */
export const removeTrustedIssuer = defineVerb(
  {
    action: "issuer.remove",
    permission: "person.elevate",
    recentAuthentication: true,
    target: ({ issuer }: RemoveIssuerInput) => targetOf(issuer),
  },
  async ({ tx, record }, { issuer }): Promise<void> => {
    const [before] = await tx.$queryRaw<{ jwksUri: string; enabled: boolean }[]>`
      DELETE FROM trusted_issuer WHERE issuer = ${issuer} RETURNING jwks_uri AS "jwksUri", enabled`;
    if (!before) return;
    record({
      action: "issuer.remove",
      outcome: "success",
      target: targetOf(issuer),
      changes: [
        { field: "jwksUri", before: before.jwksUri, after: null },
        { field: "enabled", before: before.enabled, after: null },
      ],
    });
  },
);
