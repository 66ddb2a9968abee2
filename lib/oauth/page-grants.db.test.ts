import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeServer } from "@/lib/testing/make";
import { pageGrants } from "./page-grants";
import { pageGrantsSchema } from "./schema";

useTestDatabase();

async function makeGrant(personId: string, agentId: string, serverId: string, more: object = {}) {
  const { id: scopeId } = await db().scope.findFirstOrThrow({ where: { serverId } });
  const id = newId("grant");
  await db().oauthGrant.create({
    data: {
      ...{ id, personId, agentId, serverId, expiresAt: new Date(Date.now() + 3_600_000) },
      scopes: { create: { scopeId } },
      ...more,
    },
  });
  return id;
}

describe("pageGrants", () => {
  it("counts all that match, of each state, and finds by the names of person, agent and server", async () => {
    const [server, ada, bea] = [await makeServer(), await makePerson({ name: "Ada Lovel" }), await makePerson()];
    const agent = await makeAgent(ada.id, { kind: "interactive", name: `Deskmate ${server.slug}` });
    const hour = 3_600_000;
    const live = await makeGrant(ada.id, agent.id, server.id);
    const over = await makeGrant(bea.id, agent.id, server.id, { revokedAt: new Date(), revokedBy: "test" });
    const expired = await makeGrant(bea.id, agent.id, server.id, {
      ...{ createdAt: new Date(Date.now() - 2 * hour), expiresAt: new Date(Date.now() - hour) },
    });
    const ids = async (query: object, ctx = systemCtx()) => {
      const { items, total } = await pageGrants(ctx, pageGrantsSchema.parse({ serverId: server.id, ...query }));
      expect(items).toHaveLength(total);
      return items.map(({ id }) => id).sort();
    };
    expect(await ids({})).toEqual([live, over, expired].sort());
    expect(await ids({ status: "live" })).toEqual([live]);
    expect(await ids({ status: "revoked" })).toEqual([over]);
    expect(await ids({ status: "expired" })).toEqual([expired]);
    expect(await ids({ q: "lovel" })).toEqual([live]);
    expect(await ids({ q: "DESKMATE", personId: bea.id })).toEqual([over, expired].sort());
    expect(await ids({ q: server.name })).toHaveLength(3);
    expect(await ids({ q: "100%" })).toEqual([]);
    const member = personCtx({ ...bea, consoleRole: "member" });
    expect(await ids({}, member)).toEqual([over, expired].sort());
    expect(await ids({ personId: ada.id }, member)).toEqual([]);
  });
});
