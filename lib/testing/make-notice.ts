import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { makeAgent, makeServer } from "./make";

/** An ended grant of somebody, as rows. */
async function makeEndedGrant(personId: string) {
  const server = await makeServer();
  const agent = await makeAgent(personId, { kind: "interactive" });
  const id = newId("grant");
  await db().oauthGrant.create({
    data: {
      ...{ id, personId, agentId: agent.id, serverId: server.id, expiresAt: new Date(Date.now() + 3_600_000) },
      ...{ revokedAt: new Date(), revokedBy: agent.id },
    },
  });
  return { id, agent, server };
}

/** The two notices of a stolen refresh token, as rows: the person's, and the admins'. */
export async function makeNotices(personId: string) {
  const { id: grantId, agent, server } = await makeEndedGrant(personId);
  const row = { kind: "refresh_token_reuse", grantId, personId, agentId: agent.id, serverId: server.id } as const;
  const own = await db().notice.create({
    data: { id: newId("notice"), ...row, recipientId: personId, ip: "192.0.2.7" },
  });
  const admins = await db().notice.create({ data: { id: newId("notice"), ...row, ip: "192.0.2.7" } });
  return { own, admins, agent, server };
}
