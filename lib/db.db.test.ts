import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { db } from "./db";

useTestDatabase();

it("sends one query at a time in a transaction, also where a row's relations are read and where a query fails", async () => {
  // The driver warns once in a process, on the first query that it gets while another is under way.
  const warnings: string[] = [];
  process.on("warning", ({ message }) => warnings.push(message));
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  await makeHolder(role.id);
  const read = await db().$transaction(async (tx) => {
    await expect(Promise.all([tx.$queryRaw`SELECT 1`, tx.role.count(), tx.person.count()])).resolves.toHaveLength(3);
    return tx.role.findUniqueOrThrow({ where: { id: role.id }, include: { scopes: true, people: true, tokens: true } });
  });
  expect([read.scopes.length, read.people.length]).toEqual([1, 1]);
  const failing = db().$transaction((tx) => Promise.all([tx.$queryRaw`SELECT 1/0`, tx.role.count()]));
  await expect(failing).rejects.toThrow("division by zero");
  await setImmediate();
  expect(warnings).toEqual([]);
});
