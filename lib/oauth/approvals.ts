import "server-only";
import { z } from "zod";
import { CONSOLE_ROLE_PERMISSIONS } from "@/lib/authz/permissions";
import { may, ownPersonId, reach } from "@/lib/authz/require";
import { actorRef, nowDate, type Ctx } from "@/lib/ctx";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import type { Tx } from "@/lib/db";
import { fieldError, GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { CONSOLE_ROLES } from "@/lib/person/console-role";
import { defineRead, defineVerb } from "@/lib/verb";
import type { ApprovalDto, DecideApprovalInput, EndApprovalInput, ListApprovalsInput } from "./approval-schema";
import { documentHost } from "./redirect";

const SELECT = {
  id: true,
  client: true,
  scopes: true,
  reason: true,
  state: true,
  createdAt: true,
  decidedAt: true,
  note: true,
  expiresAt: true,
  agent: { select: { id: true, name: true, client: { select: { clientId: true } } } },
  person: { select: { id: true, name: true } },
  server: { select: { id: true, name: true } },
} as const satisfies Prisma.ApprovalSelect;

type Row = Prisma.ApprovalGetPayload<{ select: typeof SELECT }>;

/** `decides`: whether the reader may decide what that person asked. */
function toApprovalDto({ agent, ...row }: Row, now: Date, decides: (personId: string) => boolean): ApprovalDto {
  return {
    ...row,
    decidable: row.state === "pending" && decides(row.person.id),
    agent: { id: agent.id, name: agent.name, host: documentHost(agent.client?.clientId ?? "") },
    inForce: row.state === "approved" && (row.expiresAt === null || row.expiresAt > now),
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}

const positionSchema = z.tuple([z.string()]);

/** Lists what was asked, newest first. A member sees their own. Errors: `invalid_cursor`. */
export const listApprovals = defineRead(
  { action: "grant.read", permission: ["grant.read", "grant.read.own"] },
  async ({ ctx, db }, input: ListApprovalsInput): Promise<Page<ApprovalDto>> => {
    const { limit, cursor, ...filter } = input;
    const scope = `approvals:${JSON.stringify(Object.entries(filter).sort())}`;
    const within = reach(ctx, "grant.read");
    const rows = await db.approval.findMany({
      where: {
        AND: [
          filter,
          within.all ? {} : { personId: within.personId },
          cursor ? { id: { lt: decodeCursor(scope, cursor, positionSchema)[0] } } : {},
        ],
      },
      select: SELECT,
      orderBy: { id: "desc" },
      take: limit + 1,
    });
    const now = nowDate(ctx);
    const decides = await decidesFor({ ctx, tx: db });
    const items = rows.slice(0, limit).map((row) => toApprovalDto(row, now, decides));
    const last = rows.length > limit ? items.at(-1)?.id : undefined;
    return { items, nextCursor: last === undefined ? null : encodeCursor(scope, [last]) };
  },
);

async function lockApproval(tx: Tx, id: string): Promise<Row> {
  await tx.$executeRaw`SELECT 1 FROM approval WHERE id = ${id} FOR UPDATE`;
  const row = await tx.approval.findUnique({ where: { id }, select: SELECT });
  if (!row) throw new GatehouseError("approval_not_found");
  return row;
}

const partiesOf = ({ agent, person, server }: Row) => ({ agent: { id: agent.id, name: agent.name }, person, server });

/** The person behind an actor: who is signed in, whose token it is, who owns the machine that it is of. */
async function personBehind({ ctx, tx }: { ctx: Ctx; tx: Tx }): Promise<string | null> {
  const { actor } = ctx;
  const own = ownPersonId(ctx);
  if (own !== null || actor.kind !== "token" || actor.agentId === null) return own;
  const agent = await tx.agent.findUnique({ where: { id: actor.agentId }, select: { ownerId: true } });
  return agent?.ownerId ?? null;
}

/** The console roles whose people may decide. */
const DECIDERS = CONSOLE_ROLES.filter((role) => CONSOLE_ROLE_PERMISSIONS[role].has("approval.decide"));

/** True where somebody else than that person may decide. */
async function othersDecide(tx: Tx, personId: string): Promise<boolean> {
  const where = { id: { not: personId }, status: "active", consoleRole: { in: DECIDERS } } as const;
  return (await tx.person.count({ where, take: 1 })) > 0;
}

/** Whose requests the actor may decide: everybody's, but their own only where nobody else could. */
async function decidesFor({ ctx, tx }: { ctx: Ctx; tx: Tx }): Promise<(personId: string) => boolean> {
  if (!may(ctx, "approval.decide")) return () => false;
  const self = await personBehind({ ctx, tx });
  const ownToo = self !== null && !(await othersDecide(tx, self));
  return (personId) => personId !== self || ownToo;
}

/**
 * Agrees to what a person asked, or refuses it. Nobody agrees to what they asked themself, through a token of theirs neither, unless
 * nobody else is there who could: else a sole admin could never. Then the entry says `by: "themself"`. Errors: `approval_not_found`,
 * `already_decided`, `forbidden` (their own), `validation_failed` (field `expiresAt`).
 */
export const decideApproval = defineVerb(
  {
    action: "approval.decide",
    permission: "approval.decide",
    recentAuthentication: true,
    target: (input: DecideApprovalInput) => ({ kind: "approval", id: input.approvalId }),
  },
  async ({ ctx, tx, record }, input): Promise<ApprovalDto> => {
    const before = await lockApproval(tx, input.approvalId);
    if (before.state !== "pending") throw new GatehouseError("already_decided");
    const own = (await personBehind({ ctx, tx })) === before.person.id;
    if (own && (await othersDecide(tx, before.person.id)))
      throw new GatehouseError("forbidden", {
        detail: "Somebody else must decide what you asked.",
        internal: "their own approval",
      });
    const now = nowDate(ctx);
    const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
    if (expiresAt && expiresAt <= now)
      throw fieldError("validation_failed", "expiresAt", "The end must be in the future.");
    const state = input.decision === "approve" ? "approved" : "refused";
    const row = await tx.approval.update({
      where: { id: before.id },
      data: {
        state,
        decidedAt: now,
        decidedBy: actorRef(ctx.actor),
        note: input.note ?? null,
        expiresAt: state === "approved" ? expiresAt : null,
      },
      select: SELECT,
    });
    record({
      action: "approval.decide",
      outcome: "success",
      reason: input.note ?? null,
      target: { kind: "approval", id: row.id, name: row.agent.name },
      ...partiesOf(row),
      requiredScopes: row.scopes,
      ...(own ? { details: { by: "themself", why: "nobody else may decide" } } : {}),
      changes: [
        { field: "state", before: "pending", after: state },
        { field: "expiresAt", before: null, after: row.expiresAt?.toISOString() ?? null },
      ],
    });
    return toApprovalDto(row, now, () => false);
  },
);

/**
 * Takes back what was agreed to, at once and everywhere: its scopes are refused from then on, and where it let the agent in,
 * the agent is out again, unless another agreement lets it in. Where it has ended, nothing changes. Errors: `approval_not_found`, `not_live` where it was never given.
 */
export const endApproval = defineVerb(
  {
    action: "approval.end",
    permission: "approval.decide",
    target: (input: EndApprovalInput) => ({ kind: "approval", id: input.approvalId }),
  },
  async ({ ctx, tx, record, narrow }, input): Promise<ApprovalDto> => {
    const before = await lockApproval(tx, input.approvalId);
    const now = nowDate(ctx);
    if (before.state !== "approved") throw new GatehouseError("not_live", { detail: "It was never agreed to." });
    if (before.expiresAt && before.expiresAt <= now) return toApprovalDto(before, now, () => false);
    await narrow([{ kind: "agent", id: before.agent.id }]);
    const row = await tx.approval.update({ where: { id: before.id }, data: { expiresAt: now }, select: SELECT });
    record({
      action: "approval.end",
      outcome: "success",
      target: { kind: "approval", id: row.id, name: row.agent.name },
      ...partiesOf(row),
      changes: [{ field: "expiresAt", before: before.expiresAt?.toISOString() ?? null, after: now.toISOString() }],
    });
    return toApprovalDto(row, now, () => false);
  },
);
