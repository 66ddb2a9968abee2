import { setImmediate } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { db, logPool, pool, transaction, type Query } from "./db";
import { mapDbError } from "./db-errors";

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

const OPTIONS = { timeout: 5_000, maxWait: 5_000 };
const WHICH = "SELECT pg_backend_pid() AS pid, pg_current_xact_id()::text AS id";

it("sends what goes past Prisma over the connection of its own transaction, of many at once", async () => {
  const pairs = await Promise.all(
    Array.from({ length: 30 }, () =>
      transaction(async (tx, query) => [await tx.$queryRawUnsafe(WHICH), await query({ text: WHICH })], OPTIONS),
    ),
  );
  for (const [byPrisma, past] of pairs) expect(past).toEqual(byPrisma);
});

it("undoes what went past Prisma where the work throws", async () => {
  const { id } = await makeServer();
  const failing = transaction(async (_tx, query) => {
    await query({ text: "UPDATE mcp_server SET name = 'Renamed' WHERE id = $1", values: [id] });
    throw new Error("no");
  }, OPTIONS);
  await expect(failing).rejects.toThrow("no");
  expect((await db().mcpServer.findUniqueOrThrow({ where: { id } })).name).not.toBe("Renamed");
});

it("sends nothing past Prisma once the transaction has ended: the connection may be somebody else's", async () => {
  let kept: Query | undefined;
  await transaction(async (_tx, query) => void (kept = query), OPTIONS);
  await expect(kept?.({ text: "SELECT 1" })).rejects.toThrow("the transaction has ended");
  let late: Promise<unknown> | undefined;
  const tooSlow = transaction(
    async (_tx, query) => {
      late = query({ text: "SELECT pg_sleep(0.3)" }).then(() => query({ text: "SELECT 1" }));
      await late;
    },
    { ...OPTIONS, timeout: 50 },
  );
  await expect(tooSlow).rejects.toThrow();
  await expect(late).rejects.toThrow("the transaction has ended");
});

it("sends a transaction's own statements also where another copy of the module made the clients, as in Next's bundles", async () => {
  await db().$queryRaw`SELECT 1`; // this copy's
  vi.resetModules();
  const copy = await import("./db");
  expect(copy.transaction).not.toBe(transaction);
  const rows = await copy.transaction((_tx, query) => query({ text: "SELECT 1 AS one" }), OPTIONS);
  expect(rows).toEqual([{ one: 1 }]);
});

it("has no statement compiled, whatever PostgreSQL thinks that it will take", async () => {
  for (const one of [pool(), logPool()]) expect((await one.query("SHOW jit")).rows).toEqual([{ jit: "off" }]);
  expect(await db().$queryRaw`SHOW jit`).toEqual([{ jit: "off" }]);
});

it("outlives a connection that breaks on its way from the pool to whoever asked for it", async () => {
  const client = await pool().connect();
  expect(() => client.emit("error", new Error("terminating connection due to administrator command"))).not.toThrow();
  client.release(true);
});

it("calls a connection that broke between two queries of a transaction unavailable, not our fault", async () => {
  const broken = db().$transaction(async (tx) => {
    const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await pool().query("SELECT pg_terminate_backend($1, 5000)", [own?.pid]);
    for (;;) await tx.$queryRaw`SELECT 1`;
  });
  const error = await broken.catch((thrown: unknown) => thrown);
  expect(mapDbError(error)?.code).toBe("unavailable");
});

it("calls unavailable what Prisma says of a connection that was reset in the middle of a raw query", () => {
  const said = "Raw query failed. Code: `N/A`. Message: `Server has closed the connection.`";
  expect(mapDbError(new Error(said))?.code).toBe("unavailable");
});
