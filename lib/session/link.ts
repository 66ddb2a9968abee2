import "server-only";
import { randomBytes } from "node:crypto";
import { mac, macCandidates } from "@/lib/crypto/keys";
import { actorRef, nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";

/** What a link lets its bearer do, once. */
export type LinkPurpose = "first_run" | "invitation" | "password_reset";

/** How long each kind lives, seconds. */
export const LINK_LIFETIME_SECONDS: Record<LinkPurpose, number> = {
  first_run: 86_400,
  invitation: 7 * 86_400,
  password_reset: 3600,
};

const PATHS: Record<LinkPurpose, string> = {
  first_run: "/first-run",
  invitation: "/invite",
  password_reset: "/reset",
};
const SECRET_BYTES = 32;

/**
 * Makes a link, in place of the open one of its kind and person, and returns its URL. The secret stands in the fragment,
 * which browsers keep to themselves: it reaches no access log and no Referer. Only its keyed hash is stored.
 */
export async function makeLink(
  ctx: Ctx,
  tx: Tx,
  link: { purpose: LinkPurpose; personId: string | null },
): Promise<{ url: string; expiresAt: Date }> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`link:${link.purpose}:${link.personId ?? ""}`}, 0))`;
  await tx.oneTimeLink.deleteMany({ where: { ...link, usedAt: null } });
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const now = nowDate(ctx);
  const expiresAt = new Date(now.getTime() + LINK_LIFETIME_SECONDS[link.purpose] * 1000);
  await tx.oneTimeLink.create({
    data: {
      id: newId("link"),
      ...link,
      hash: new Uint8Array(mac("link-pepper", secret)),
      createdAt: now,
      createdBy: actorRef(ctx.actor),
      expiresAt,
    },
  });
  return { url: `${env().GATEHOUSE_URL}${PATHS[link.purpose]}#${secret}`, expiresAt };
}

type OpenLink = { id: string; personId: string | null; expiresAt: Date };

/**
 * The open link of that kind and secret, locked until the transaction ends. Throws `link_not_found`, or `link_expired`
 * where its time is over or it was used; both are recorded.
 */
export async function requireLink(ctx: Ctx, tx: Tx, purpose: LinkPurpose, secret: string): Promise<OpenLink> {
  const rows = await tx.$queryRaw<{ id: string; personId: string | null; expiresAt: Date; usedAt: Date | null }[]>`
    SELECT id, person_id AS "personId", expires_at AS "expiresAt", used_at AS "usedAt" FROM one_time_link
    WHERE hash = ANY(${macCandidates("link-pepper", secret)}::bytea[]) AND purpose = ${purpose}::"LinkPurpose" FOR UPDATE`;
  const link = rows[0];
  if (!link)
    throw new GatehouseError("link_not_found", {
      detail: "This link does not work. A newer one may have replaced it.",
      refusal: true,
    });
  if (link.usedAt)
    throw new GatehouseError("link_expired", { detail: "This link has been used already.", refusal: true });
  if (link.expiresAt <= nowDate(ctx))
    throw new GatehouseError("link_expired", { detail: "This link has expired.", refusal: true });
  return link;
}

/** Marks a link as used. */
export async function useUpLink(ctx: Ctx, tx: Tx, link: OpenLink): Promise<void> {
  await tx.oneTimeLink.update({ where: { id: link.id }, data: { usedAt: nowDate(ctx) } });
}
