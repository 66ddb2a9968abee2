import "server-only";
import type { z } from "zod";
import { changesBetween } from "@/lib/audit/changes";
import { actorRef, nowDate } from "@/lib/ctx";
import { defineRead, defineVerb } from "@/lib/verb";
import type { SetIssuerInput, TrustedIssuerDto, trustedIssuersSchema } from "./issuer-schema";

type Row = { issuer: string; jwksUri: string; enabled: boolean; createdAt: Date };
const toDto = ({ issuer, jwksUri, enabled, createdAt }: Row): TrustedIssuerDto => ({
  issuer,
  jwksUri,
  enabled,
  createdAt: createdAt.toISOString(),
});

/** Lists the identity providers whose word lets agents in. There are few. */
export const listTrustedIssuers = defineRead(
  { action: "agent.read", permission: "agent.read" },
  async ({ db }, _input: object): Promise<z.infer<typeof trustedIssuersSchema>> => {
    const rows = await db.trustedIssuer.findMany({ orderBy: { issuer: "asc" } });
    return { items: rows.map(toDto), nextCursor: null };
  },
);

/**
 * Trusts an identity provider, changes where its keys stand, or trusts it no more. It can speak for everybody whose account there is linked: so
 * this is the owners'. What it let in before lives out its time.
 */
export const setTrustedIssuer = defineVerb(
  { action: "issuer.set", permission: "person.elevate", recentAuthentication: true },
  async ({ ctx, tx, record }, { issuer, jwksUri, enabled }: SetIssuerInput): Promise<TrustedIssuerDto> => {
    const before = await tx.trustedIssuer.findUnique({ where: { issuer } });
    const row = await tx.trustedIssuer.upsert({
      where: { issuer },
      create: { issuer, jwksUri, enabled, createdAt: nowDate(ctx), createdBy: actorRef(ctx.actor) },
      update: { jwksUri, enabled },
    });
    const none = { jwksUri: null, enabled: null };
    const changes = changesBetween(before ? { ...before } : none, { jwksUri, enabled });
    if (changes.length > 0) record({ action: "issuer.set", outcome: "success", changes, details: { issuer } });
    return toDto(row);
  },
);
