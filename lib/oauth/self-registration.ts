import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { defineVerb } from "@/lib/verb";
import type { SettledMetadata } from "./client-metadata";
import { redirectName } from "./redirect";
import { secretDueAt } from "./secret-due";
import { makeRoomForStranger } from "./unused-clients";

/** What a new client is told of itself. */
export type RegisteredClient = {
  clientId: string;
  clientSecret: string | null;
  issuedAt: Date;
  /** From when on the policy of now refuses the secret; null where it never does. */
  secretEndsAt: Date | null;
};

/** True where all redirects go to places on the list: a host, or an app's scheme with its colon. */
export function allListed(redirectUris: readonly string[], places: readonly string[]): boolean {
  return redirectUris.every((uri) => {
    const { protocol, hostname } = new URL(uri);
    return places.includes(protocol === "https:" || protocol === "http:" ? hostname : protocol);
  });
}

/**
 * Registers a client at its own wish (RFC 7591), as the instance's policy lets it: it may ask people, and can do nothing until
 * one of them agrees. Errors: `forbidden` where the policy says no, `too_many_attempts` where too many come.
 */
export const registerDynamicClient = defineVerb(
  { action: "client.register", permission: "anyone" },
  async ({ ctx, tx, record }, metadata: SettledMetadata): Promise<RegisteredClient> => {
    const policy = await tx.instance.findUniqueOrThrow({
      where: { id: 1 },
      select: { registration: true, registrationPlaces: true, refuseOverdueSecrets: true, secretRotationDays: true },
    });
    if (policy.registration === "off")
      throw new GatehouseError("forbidden", {
        detail: "Clients cannot register themselves here. Ask an admin.",
        internal: "registration is off",
      });
    if (policy.registration === "listed" && !allListed(metadata.redirectUris, policy.registrationPlaces))
      throw new GatehouseError("forbidden", {
        detail: `Clients that redirect to ${metadata.redirectUris.map(redirectName).join(", ")} cannot register themselves here. Ask an admin.`,
        internal: "a redirect is not listed",
      });
    await makeRoomForStranger({ ctx, tx, record });
    const id = newId("agent");
    const issuedAt = nowDate(ctx);
    const clientSecret = metadata.authMethod.startsWith("client_secret") ? makeCredential("cs") : null;
    await tx.agent.create({
      data: { id, name: metadata.name, kind: "interactive", origin: "dynamic", createdAt: issuedAt },
    });
    await tx.oauthClient.create({ data: { agentId: id, clientId: id, ...columnsOf(metadata), createdAt: issuedAt } });
    if (clientSecret)
      await tx.clientSecret.create({
        data: {
          id: newId("secret"),
          agentId: id,
          ...hashCredential(clientSecret),
          lastFour: lastFour(clientSecret),
          createdAt: issuedAt,
          createdBy: id,
        },
      });
    record({
      action: "client.register",
      outcome: "success",
      target: { kind: "agent", id, name: metadata.name },
      agent: { id, name: metadata.name },
      changes: changesBetween(told(null), told(metadata)),
      details: { by: "dynamic registration" },
    });
    const secretEndsAt = policy.refuseOverdueSecrets ? secretDueAt(issuedAt, policy.secretRotationDays) : null;
    return { clientId: id, clientSecret, issuedAt, secretEndsAt };
  },
);

/** What its metadata document said of a client, and until when that counts. */
export type ReadDocument = {
  clientId: string;
  metadata: SettledMetadata;
  hash: Uint8Array<ArrayBuffer>;
  freshUntil: Date;
};

/**
 * Keeps what a client's metadata document says (Client ID Metadata Documents): a new agent where it was never seen, and an
 * entry with what changed where it says something else than before. Errors: `too_many_attempts` where too many new ones come.
 */
export const keepDocument = defineVerb(
  { action: "client.register", permission: "anyone" },
  async ({ ctx, tx, record }, { clientId, metadata, hash, freshUntil }: ReadDocument): Promise<void> => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`gatehouse.client:${clientId}`}))`;
    const now = nowDate(ctx);
    const document = { documentReadAt: now, documentFreshUntil: freshUntil, documentHash: hash };
    const known = await tx.oauthClient.findUnique({
      where: { clientId },
      include: { agent: { select: { name: true } } },
    });
    if (!known) {
      await makeRoomForStranger({ ctx, tx, record });
      const id = newId("agent");
      await tx.agent.create({
        data: { id, name: metadata.name, kind: "interactive", origin: "document", createdAt: now },
      });
      await tx.oauthClient.create({
        data: { agentId: id, clientId, ...columnsOf(metadata), ...document, createdAt: now },
      });
      record({
        action: "client.register",
        outcome: "success",
        target: { kind: "agent", id, name: metadata.name },
        agent: { id, name: metadata.name },
        changes: changesBetween(told(null), told(metadata)),
        details: { by: "metadata document", clientId },
      });
      return;
    }
    const before = { ...known, name: known.agent.name } as unknown as SettledMetadata;
    const changes = changesBetween(told(before), told(metadata));
    await tx.oauthClient.update({ where: { clientId }, data: { ...columnsOf(metadata), ...document } });
    if (changes.length === 0) return;
    await tx.agent.update({ where: { id: known.agentId }, data: { name: metadata.name } });
    record({
      action: "client.update",
      outcome: "success",
      target: { kind: "agent", id: known.agentId, name: metadata.name },
      agent: { id: known.agentId, name: metadata.name },
      changes,
      details: { by: "metadata document", clientId },
    });
  },
);

function columnsOf({ name: _name, jwks, ...rest }: SettledMetadata) {
  return { ...rest, jwks: (jwks ?? undefined) as object | undefined };
}

const FIELDS = [
  "name",
  "clientUri",
  "redirectUris",
  "grantTypes",
  "authMethod",
  "applicationType",
  "jwks",
  "jwksUri",
] as const;

/** What an entry tells of a client; null stands for what it does not say. */
function told(metadata: SettledMetadata | null): Record<string, unknown> {
  return Object.fromEntries(FIELDS.map((field) => [field, metadata?.[field] ?? null]));
}
