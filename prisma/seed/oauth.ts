import { createHash, randomBytes } from "node:crypto";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { NOTICE_KINDS } from "@/lib/notice/catalogue";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { APPROVAL, CLIENTS, GRANTS, type DemoGrant } from "./oauth-company";
import { need, type Rows } from "./rows";

const DAY_MS = 86_400_000;
const ACCESS_TOKEN_MS = 900_000;
const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * DAY_MS);
const REUSE = "A refresh token was used a second time.";

/** A grant as it was made, for the log. */
export type SeededGrant = DemoGrant & {
  id: string;
  createdAt: Date;
  /** Its newest access token; null where it was never used. */
  accessToken: { id: string; masked: string; issuedAt: Date } | null;
};
export type OAuthRows = { grants: SeededGrant[]; approvalId: string };

/** Makes the agents that signed in, what people let them do, and what waits for somebody. In the order of time: lists go by id. */
export async function seedOAuth(rows: Rows, now: Date): Promise<OAuthRows> {
  for (const client of CLIENTS) await seedClient(rows, client, now);
  const grants = [];
  for (const grant of GRANTS) grants.push(await seedGrant(rows, grant, now));
  return { grants, approvalId: await seedApproval(rows, now) };
}

async function seedClient(rows: Rows, client: (typeof CLIENTS)[number], now: Date): Promise<void> {
  const id = newId("agent");
  const createdAt = daysBefore(now, client.sinceDays);
  rows.agents.set(client.key, { id, name: client.name });
  const { name, description, origin, document } = client;
  const ownerId = client.owner ? need(rows.people, client.owner).id : null;
  await db().agent.create({ data: { id, name, description, origin, kind: "interactive", ownerId, createdAt } });
  const confidential = origin === "registered";
  await db().oauthClient.create({
    data: {
      agentId: id,
      clientId: document ?? id,
      authMethod: confidential ? "client_secret_basic" : "none",
      applicationType: origin === "dynamic" ? "native" : "web",
      redirectUris: [client.redirectUri],
      grantTypes: ["authorization_code", "refresh_token"],
      clientUri: document ? new URL(document).origin : null,
      ...(document
        ? {
            documentReadAt: daysBefore(now, Math.min(client.sinceDays, 0.5)),
            documentFreshUntil: daysBefore(now, -0.5),
            documentHash: createHash("sha256").update(document).digest(),
          }
        : {}),
      createdAt,
    },
  });
  if (!confidential) return;
  const secret = makeCredential("cs");
  await db().clientSecret.create({
    data: {
      ...{ id: newId("secret"), agentId: id, ...hashCredential(secret), lastFour: lastFour(secret), createdAt },
      ...{ createdBy: need(rows.people, "idris").id, lastUsedAt: daysBefore(now, 0.004) },
    },
  });
}

async function seedGrant(rows: Rows, grant: DemoGrant, now: Date): Promise<SeededGrant> {
  const id = newId("grant");
  const createdAt = daysBefore(now, grant.sinceDays);
  const server = need(rows.servers, grant.server);
  const parties = {
    ...{ personId: need(rows.people, grant.person).id, agentId: need(rows.agents, grant.agent).id },
    serverId: server.id,
  };
  const endedAt = grant.stolen ? daysBefore(now, grant.stolen.days) : null;
  const asked = { declared: grant.tools !== undefined, tools: grant.tools ?? [] };
  await db().oauthGrant.create({
    data: {
      ...{ id, ...parties, ...asked, remembered: grant.remembered ?? false, ip: grant.ip },
      userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0",
      ...{ createdAt, expiresAt: daysBefore(now, grant.sinceDays - 180) },
      ...(endedAt ? { revokedAt: endedAt, revokedReason: REUSE, revokedBy: parties.agentId } : {}),
    },
  });
  await db().oauthGrantScope.createMany({
    data: grant.scopes.map((name) => ({ grantId: id, scopeId: need(server.scopes, name), serverId: server.id })),
  });
  await db().refreshToken.create({
    data: {
      ...{ id: newId("refreshToken"), grantId: id, hash: randomBytes(32), scope: grant.scopes.join(" ") },
      ...{ createdAt: daysBefore(now, grant.lastUsedDays ?? grant.sinceDays), expiresAt: daysBefore(now, -30) },
    },
  });
  if (grant.stolen && endedAt)
    for (const audience of NOTICE_KINDS.refresh_token_reuse.tells)
      await db().notice.create({
        data: {
          ...{ id: newId("notice"), kind: "refresh_token_reuse", grantId: id, ...parties, ip: grant.stolen.ip },
          ...{ recipientId: audience === "person" ? parties.personId : null, createdAt: endedAt },
        },
      });
  const accessToken = grant.lastUsedDays === null ? null : await seedAccessToken(grant, id, parties, now, endedAt);
  return { ...grant, id, createdAt, accessToken };
}

/** The access token of its last use, and when that was. */
async function seedAccessToken(
  grant: DemoGrant,
  grantId: string,
  parties: { personId: string; agentId: string; serverId: string },
  now: Date,
  endedAt: Date | null,
): Promise<NonNullable<SeededGrant["accessToken"]>> {
  const lastUsedAt = daysBefore(now, grant.lastUsedDays ?? 0);
  const issuedAt = new Date(lastUsedAt.getTime() - 240_000);
  const id = newId("accessToken");
  await db().accessToken.create({
    data: {
      ...{ id, hash: randomBytes(32), format: "jwt", lastFour: "demo", ...parties, grantId, scopes: grant.scopes },
      ...{ declared: grant.tools !== undefined, tools: grant.tools ?? [] },
      ...{ issuedAt, expiresAt: new Date(issuedAt.getTime() + ACCESS_TOKEN_MS) },
      ...(endedAt ? { revokedAt: endedAt, revokedReason: REUSE } : {}),
    },
  });
  await db().grantActivity.create({ data: { grantId, lastUsedAt, lastIp: grant.ip, lastTool: grant.lastTool } });
  return { id, masked: `JWT ${id}`, issuedAt };
}

async function seedApproval(rows: Rows, now: Date): Promise<string> {
  const server = need(rows.servers, APPROVAL.server);
  await db().scope.updateMany({
    where: { serverId: server.id, name: { in: [...APPROVAL.scopes] } },
    data: { needsApproval: true },
  });
  const id = newId("approval");
  await db().approval.create({
    data: {
      ...{ id, serverId: server.id, scopes: [...APPROVAL.scopes], reason: APPROVAL.reason },
      ...{ agentId: need(rows.agents, APPROVAL.agent).id, personId: need(rows.people, APPROVAL.person).id },
      createdAt: daysBefore(now, APPROVAL.askedDays),
    },
  });
  return id;
}
