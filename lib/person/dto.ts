import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { openSessionsAt } from "@/lib/session/open";
import { liveGrantsAt } from "@/lib/oauth/live";
import { liveTokensAt } from "@/lib/token/live";
import type { PersonDto } from "./schema";

/** The columns a `PersonDto` is made of. `now` is the moment by which tokens, sessions and invitations count. */
const personSelect = (now: Date, idleSeconds: number) =>
  ({
    id: true,
    email: true,
    name: true,
    consoleRole: true,
    status: true,
    passwordHash: true,
    authenticator: { select: { personId: true } },
    lastSignInAt: true,
    erasedAt: true,
    createdAt: true,
    updatedAt: true,
    roles: {
      where: { role: { archivedAt: null } },
      select: { role: { select: { id: true, name: true } } },
      orderBy: { role: { name: "asc" } },
    },
    links: {
      where: { purpose: "invitation", usedAt: null, expiresAt: { gt: now } },
      select: { expiresAt: true },
      take: 1,
    },
    _count: {
      select: {
        identities: true,
        tokens: { where: liveTokensAt(now) },
        grants: { where: liveGrantsAt(now) },
        agents: true,
        sessions: { where: openSessionsAt(now, idleSeconds) },
      },
    },
  }) satisfies Prisma.PersonSelect;

type PersonRow = Prisma.PersonGetPayload<{ select: ReturnType<typeof personSelect> }>;

function toPersonDto(row: PersonRow): PersonDto {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    consoleRole: row.consoleRole,
    status: row.status,
    roles: row.roles.map(({ role }) => role),
    signIn: {
      password: row.passwordHash !== null,
      sso: row._count.identities > 0,
      secondFactor: row.authenticator !== null,
    },
    counts: {
      liveTokens: row._count.tokens,
      liveConnections: row._count.grants,
      agents: row._count.agents,
      openSessions: row._count.sessions,
    },
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    erasedAt: row.erasedAt?.toISOString() ?? null,
    invitationExpiresAt: row.status === "invited" ? (row.links[0]?.expiresAt.toISOString() ?? null) : null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** People as DTOs. `tx` may be the plain client. */
export async function readPeople(
  ctx: Ctx,
  tx: Tx,
  query: Pick<Prisma.PersonFindManyArgs, "where" | "orderBy" | "take" | "skip">,
): Promise<PersonDto[]> {
  const { sessionIdleSeconds } = await tx.instance.findUniqueOrThrow({ where: { id: 1 } });
  const rows = await tx.person.findMany({ ...query, select: personSelect(nowDate(ctx), sessionIdleSeconds) });
  return rows.map(toPersonDto);
}

/** The person of that id, who is known to exist. */
export async function readPerson(ctx: Ctx, tx: Tx, personId: string): Promise<PersonDto> {
  const [person] = await readPeople(ctx, tx, { where: { id: personId } });
  if (!person) throw new Error(`person ${personId} is gone`);
  return person;
}
