import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { lockAgent } from "@/lib/agent/update";
import { actorRef, nowDate } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { fieldError, GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { defineRead, defineVerb, type ReadScope, type VerbScope } from "@/lib/verb";
import type { ClientGrantType } from "./client";
import { readClientDto, readRotationDays, secretSelect, toSecretDto } from "./client-dto";
import { isRedirectUri } from "./client-metadata";
import {
  EXTRA_GRANT_TYPES,
  PROVED_GRANTS,
  type ClientSecretDto,
  type IssuedSecretDto,
  type IssueSecretInput,
  type OauthClientDto,
  type RevokeSecretInput,
  type SetClientInput,
} from "./client-schema";
import { ownLimitEndsSooner } from "./idle";
import { isLocalRedirect } from "./redirect";

/** What each kind of agent may ask for tokens by. */
const GRANT_TYPES: Record<"interactive" | "machine", ClientGrantType[]> = {
  interactive: ["authorization_code", "refresh_token"],
  machine: ["client_credentials"],
};

const EXTRA: ReadonlySet<string> = new Set(Object.values(EXTRA_GRANT_TYPES));

/** All that it may ask by: as its kind does, and what was switched on, or stays so. */
function grantTypesOf(
  kind: "interactive" | "machine",
  { extraGrants, authMethod, redirectUris }: SetClientInput,
  before: readonly string[],
): string[] {
  const extra = extraGrants?.map((name) => EXTRA_GRANT_TYPES[name]) ?? before.filter((type) => EXTRA.has(type));
  const provers = PROVED_GRANTS.map((name): string => EXTRA_GRANT_TYPES[name]);
  if (authMethod === "none" && extra.some((type) => provers.includes(type)))
    throw fieldError("validation_failed", "extraGrants", "Only an agent that proves who it is may do that.");
  const usual = GRANT_TYPES[kind].filter((type) => type !== "authorization_code" || redirectUris.length > 0);
  return [...usual, ...new Set(extra)];
}

/** As many secrets as may live at once: two overlap while one follows the other. */
const MAX_LIVE_SECRETS = 5;

function requireSound(kind: "interactive" | "machine", input: SetClientInput, grantTypes: readonly string[]): void {
  if (kind === "machine" && input.authMethod === "none")
    throw fieldError("validation_failed", "authMethod", "A machine acts in its own name: it must prove who it is.");
  const byDevice = grantTypes.includes(EXTRA_GRANT_TYPES.device_code);
  if (kind === "machine" && byDevice)
    throw fieldError("validation_failed", "extraGrants", "A machine acts in its own name: it asks no person.");
  if (kind === "interactive" && input.redirectUris.length === 0 && !byDevice)
    throw fieldError("validation_failed", "redirectUris", "Name at least one address to go on to.");
  if (kind === "machine" && input.redirectUris.length > 0)
    throw fieldError("validation_failed", "redirectUris", "A machine has no browser to send anywhere.");
  const bad = input.redirectUris.find((uri) => !isRedirectUri(uri));
  if (bad !== undefined)
    throw fieldError(
      "validation_failed",
      "redirectUris",
      `${bad} must be https, http on loopback, or an app's own scheme.`,
    );
  const keys = [input.jwks, input.jwksUri].filter(Boolean).length;
  if (input.authMethod === "private_key_jwt" ? keys !== 1 : keys > 0)
    throw fieldError(
      "validation_failed",
      "jwks",
      "Give public keys, or where they stand, for private_key_jwt and only for it.",
    );
}

type Terms = { requireDpop: boolean; idleTimeoutSeconds: number | null };

/** True where tokens that the client has already may do less from now on: unbound ones nothing, idle ones for a shorter time. */
async function narrows(tx: Tx, before: Terms, wanted: Terms): Promise<boolean> {
  if (wanted.requireDpop && !before.requireDpop) return true;
  return ownLimitEndsSooner(tx, before.idleTimeoutSeconds, wanted.idleTimeoutSeconds);
}

/**
 * Makes an agent an OAuth client, or changes what it is as one. Its client id is the agent's id. Errors: `agent_not_found`,
 * `builtin_immutable`, `validation_failed` with the field; `forbidden` for one that introduced itself, which is as it says.
 */
export const setClient = defineVerb(
  {
    action: "client.update",
    permission: "agent.write",
    target: (input: SetClientInput) => ({ kind: "agent", id: input.agentId }),
  },
  async (scope, input): Promise<OauthClientDto> => {
    const { ctx, tx, record, narrow } = scope;
    const agent = await lockAgent(scope, input.agentId);
    const { kind, origin } = await tx.agent.findUniqueOrThrow({
      where: { id: agent.id },
      select: { kind: true, origin: true },
    });
    if (origin !== "registered")
      throw new GatehouseError("forbidden", {
        detail: "This client introduced itself: it is as it says.",
        internal: "not registered by an admin",
      });
    const before = await tx.oauthClient.findUnique({ where: { agentId: agent.id } });
    const grantTypes = grantTypesOf(kind, input, before?.grantTypes ?? []);
    requireSound(kind, input, grantTypes);
    const data = {
      authMethod: input.authMethod,
      applicationType: input.redirectUris.every((uri) => !isLocalRedirect(uri)) ? "web" : "native",
      redirectUris: input.redirectUris,
      grantTypes,
      jwks: (input.jwks ?? null) as object | null,
      jwksUri: input.jwksUri ?? null,
      requireDpop: input.requireDpop,
      idleTimeoutSeconds: input.idleTimeoutSeconds ?? null,
    };
    const row = { ...data, jwks: data.jwks ?? Prisma.DbNull };
    if (before && (await narrows(tx, before, data))) await narrow([{ kind: "agent", id: agent.id }]);
    await tx.oauthClient.upsert({
      where: { agentId: agent.id },
      create: { agentId: agent.id, clientId: agent.id, ...row, createdAt: nowDate(ctx) },
      update: row,
    });
    const none = Object.fromEntries(Object.keys(data).map((field) => [field, null]));
    const changes = changesBetween(before ? { ...before } : none, data as Record<string, unknown>);
    if (changes.length > 0)
      record({
        action: "client.update",
        outcome: "success",
        target: { kind: "agent", id: agent.id, name: agent.name },
        agent: { id: agent.id, name: agent.name },
        changes,
      });
    return (await readClientDto(ctx, tx, agent.id)) as OauthClientDto;
  },
);

const READ = {
  action: "agent.read",
  permission: "agent.read",
  target: (input: { agentId: string }) => ({ kind: "agent", id: input.agentId }) as const,
} as const;

async function readClientOf({ ctx, db }: ReadScope, agentId: string): Promise<OauthClientDto | null> {
  if (!(await db.agent.findUnique({ where: { id: agentId }, select: { id: true } })))
    throw new GatehouseError("agent_not_found");
  return readClientDto(ctx, db, agentId);
}

/** What an agent is as an OAuth client; null where it is none. Errors: `agent_not_found`. */
export const findClient = defineRead(READ, (scope, input: { agentId: string }) => readClientOf(scope, input.agentId));

/** What an agent is as an OAuth client. Errors: `agent_not_found`; `client_not_found` where it is none. */
export const getClient = defineRead(READ, async (scope, input: { agentId: string }): Promise<OauthClientDto> => {
  const client = await readClientOf(scope, input.agentId);
  if (!client) throw new GatehouseError("client_not_found");
  return client;
});

async function lockConfidential(scope: VerbScope, agentId: string): Promise<{ id: string; name: string }> {
  const agent = await lockAgent(scope, agentId);
  const client = await scope.tx.oauthClient.findUnique({ where: { agentId }, select: { authMethod: true } });
  if (!client?.authMethod.startsWith("client_secret"))
    throw new GatehouseError("validation_failed", { detail: "This agent does not prove who it is with a secret." });
  return agent;
}

/**
 * Issues a client secret, beside those that live: the client changes over in its own time. It is told this once. Errors:
 * `agent_not_found`, `builtin_immutable`, `validation_failed` (an expiry that has passed; too many secrets; no secrets at all).
 */
export const issueSecret = defineVerb(
  {
    action: "client.secret_issue",
    permission: "agent.write",
    recentAuthentication: true,
    target: (input: IssueSecretInput) => ({ kind: "agent", id: input.agentId }),
  },
  async (scope, input): Promise<IssuedSecretDto> => {
    const { ctx, tx, record } = scope;
    const agent = await lockConfidential(scope, input.agentId);
    const now = nowDate(ctx);
    const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
    if (expiresAt && expiresAt <= now)
      throw fieldError("validation_failed", "expiresAt", "The expiry must be in the future.");
    const live = await tx.clientSecret.count({
      where: { agentId: agent.id, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    });
    if (live >= MAX_LIVE_SECRETS)
      throw new GatehouseError("validation_failed", {
        detail: `There are ${live} live secrets already. Revoke one first.`,
      });
    const secret = makeCredential("cs");
    const row = await tx.clientSecret.create({
      data: {
        id: newId("secret"),
        agentId: agent.id,
        ...hashCredential(secret),
        lastFour: lastFour(secret),
        createdAt: now,
        createdBy: actorRef(ctx.actor),
        expiresAt,
      },
      select: secretSelect,
    });
    const dto = toSecretDto(ctx, row, await readRotationDays(tx));
    record({
      action: "client.secret_issue",
      outcome: "success",
      target: { kind: "secret", id: dto.id },
      agent: { id: agent.id, name: agent.name },
      credential: { id: dto.id, kind: "client_secret", masked: dto.masked },
      changes: [{ field: "expiresAt", before: null, after: dto.expiresAt }],
    });
    return { ...dto, secret };
  },
);

/** Revokes a client secret, for good; a second time changes nothing. Tokens that it got live out their time. Errors: `agent_not_found`, `key_not_found`. */
export const revokeSecret = defineVerb(
  {
    action: "client.secret_revoke",
    permission: "agent.write",
    target: (input: RevokeSecretInput) => ({ kind: "secret", id: input.secretId }),
  },
  async (scope, input): Promise<ClientSecretDto> => {
    const { ctx, tx, record } = scope;
    const agent = await lockAgent(scope, input.agentId);
    const before = await tx.clientSecret.findFirst({
      where: { id: input.secretId, agentId: agent.id },
      select: secretSelect,
    });
    if (!before) throw new GatehouseError("key_not_found", { detail: "There is no such secret." });
    if (before.revokedAt) return toSecretDto(ctx, before, await readRotationDays(tx));
    const row = await tx.clientSecret.update({
      where: { id: before.id },
      data: { revokedAt: nowDate(ctx) },
      select: secretSelect,
    });
    const dto = toSecretDto(ctx, row, await readRotationDays(tx));
    record({
      action: "client.secret_revoke",
      outcome: "success",
      reason: input.reason ?? null,
      target: { kind: "secret", id: dto.id },
      agent: { id: agent.id, name: agent.name },
      credential: { id: dto.id, kind: "client_secret", masked: dto.masked },
      changes: [{ field: "status", before: "active", after: "revoked" }],
    });
    return dto;
  },
);
