import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import type { Subject } from "@/lib/lease/subject";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeServer } from "@/lib/testing/make";
import { defineVerb, type VerbDefinition } from "./verb";

useTestDatabase();

const DEFINITION = { action: "server.update", permission: "server.write" } as const;

/** A verb that narrows a server, and how often its work was begun. */
async function makeVerb(foresee?: VerbDefinition<string>["foresee"], narrows = true) {
  const { id } = await makeServer();
  let begun = 0;
  const verb = defineVerb<string, void>({ ...DEFINITION, foresee }, async ({ tx, narrow }, name) => {
    begun++;
    await tx.mcpServer.update({ where: { id }, data: { name } });
    if (narrows) await narrow([{ kind: "server", id }]);
  });
  const nameNow = async () => (await db().mcpServer.findUniqueOrThrow({ where: { id } })).name;
  return { id, run: () => verb(systemCtx(), `Renamed ${id}`), begun: () => begun, nameNow };
}

const announced = (subjectId: string) =>
  db().change.findMany({
    where: { subjectId, narrows: true },
    orderBy: { seq: "asc" },
    select: { state: true, subjectKind: true },
  });

describe("a verb that narrows", () => {
  it("works twice where nobody foresaw it: undone once, and done when it was announced", async () => {
    const verb = await makeVerb();
    await verb.run();
    expect(verb.begun()).toBe(2);
    expect(await verb.nameNow()).toBe(`Renamed ${verb.id}`);
    expect(await announced(verb.id)).toEqual([{ state: "final", subjectKind: "server" }]);
  });

  it("works once where it was foreseen, and is announced once", async () => {
    const subjects: Subject[] = [];
    const verb = await makeVerb(() => Promise.resolve(subjects));
    subjects.push({ kind: "server", id: verb.id });
    await verb.run();
    expect(verb.begun()).toBe(1);
    expect(await announced(verb.id)).toEqual([{ state: "final", subjectKind: "server" }]);
  });

  it("announces what was not foreseen beside what was", async () => {
    const verb = await makeVerb(() => Promise.resolve([{ kind: "token", id: "tok_other" }]));
    await verb.run();
    expect(verb.begun()).toBe(2);
    expect(await announced(verb.id)).toEqual([{ state: "final", subjectKind: "server" }]);
  });

  it("leaves nothing announced where what was foreseen does not come about, or fails", async () => {
    const idle = await makeVerb(() => Promise.resolve([{ kind: "token", id: "tok_idle" }]), false);
    await idle.run();
    const failing = defineVerb<string, void>(
      { ...DEFINITION, foresee: () => Promise.resolve([{ kind: "token", id: "tok_failing" }]) },
      () => Promise.reject(new Error("no")),
    );
    await expect(failing(systemCtx(), "")).rejects.toThrow("no");
    expect(await db().change.count({ where: { state: "pending" } })).toBe(0);
    expect(await db().change.count({ where: { subjectId: { in: ["tok_idle", "tok_failing"] } } })).toBe(2);
  });
});
