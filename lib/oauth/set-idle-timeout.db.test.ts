import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson } from "@/lib/testing/make";
import { setOneClientSchema } from "./client-schema";
import { setClient } from "./set-client";
import { setIdleTimeout } from "./set-idle-timeout";

useTestDatabase();

/** A client, by default one that introduced itself. */
async function makeClientOf(origin: "dynamic" | "document" | "registered" = "dynamic"): Promise<string> {
  const { id } = await makeAgent((await makePerson()).id, { kind: "interactive" });
  await db().agent.update({ where: { id }, data: { origin } });
  await db().oauthClient.create({
    data: { agentId: id, clientId: origin === "document" ? `https://${id}.example/c.json` : id, authMethod: "none" },
  });
  return id;
}
const set = (agentId: string, idleTimeoutSeconds: number | null) =>
  setIdleTimeout(systemCtx(), { agentId, idleTimeoutSeconds });
/** How often something was announced about the agent as narrowed. */
const narrowed = (subjectId: string) =>
  db().change.count({ where: { narrows: true, subjectKind: "agent", subjectId } });

describe("setIdleTimeout", () => {
  it.each(["dynamic", "document", "registered"] as const)(
    "sets it for a %s client, with before and after on the record, and once",
    async (origin) => {
      const agentId = await makeClientOf(origin);
      const { result, entries } = await observe(() => set(agentId, 600));
      expect(result).toMatchObject({ agentId, idleTimeoutSeconds: 600 });
      expect(entries).toMatchObject([
        {
          action: "client.update",
          outcome: "success",
          targetId: agentId,
          body: { changes: [{ field: "idleTimeoutSeconds", before: null, after: 600 }] },
        },
      ]);
      expect((await observe(() => set(agentId, 600))).entries).toEqual([]);
    },
  );

  it("announces what ends access sooner, and nothing else", async () => {
    const agentId = await makeClientOf();
    const counts: number[] = [];
    for (const seconds of [3600, 600, 600, 7200, null, 7200]) {
      await set(agentId, seconds);
      counts.push(await narrowed(agentId));
    }
    expect(counts).toEqual([1, 2, 2, 2, 2, 3]);
  });

  it("announces by what counts in the end: the policy's limit, where the client has none of its own", async () => {
    const agentId = await makeClientOf();
    await db().instance.update({ where: { id: 1 }, data: { idleTimeoutSeconds: 1800 } });
    const counts: number[] = [];
    for (const seconds of [3600, null, 1800, 900, null]) {
      await set(agentId, seconds);
      counts.push(await narrowed(agentId));
    }
    await db().instance.update({ where: { id: 1 }, data: { idleTimeoutSeconds: null } });
    expect(counts).toEqual([0, 1, 1, 2, 2]);
  });

  it("is announced, too, where a client is set up anew with a shorter one", async () => {
    const agentId = await makeClientOf("registered");
    const anew = (idleTimeoutSeconds: number | null) =>
      setClient(
        systemCtx(),
        setOneClientSchema.parse({
          ...{ agentId, authMethod: "none", redirectUris: ["https://app.example.com/cb"], idleTimeoutSeconds },
        }),
      );
    const counts: number[] = [];
    for (const seconds of [600, 600, 300, null]) {
      await anew(seconds);
      counts.push(await narrowed(agentId));
    }
    expect(counts).toEqual([1, 1, 2, 2]);
  });

  it("is nobody's but the admins', and of nothing that is no client", async () => {
    const agentId = await makeClientOf();
    const auditor = personCtx(await makePerson({ consoleRole: "auditor" }));
    const { error, entries } = await observe(() => setIdleTimeout(auditor, { agentId, idleTimeoutSeconds: 600 }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "client.update", outcome: "denied", targetId: agentId }]);
    const { id } = await makeAgent((await makePerson()).id);
    await expect(set(id, 600)).rejects.toMatchObject({ code: "client_not_found" });
  });
});
