import pg from "pg";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import "@/lib/testing/database";
import { DatabaseProxy } from "./database-proxy";

let proxy: DatabaseProxy;
const clients: pg.Client[] = [];

beforeEach(async () => {
  proxy = await DatabaseProxy.start(Number(new URL(inject("templateUrl")).port));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
  await proxy.close();
});

async function connected(applicationName = "gatehouse"): Promise<pg.Client> {
  const url = new URL(inject("templateUrl"));
  url.port = String(proxy.port);
  url.pathname = "/postgres"; // nobody may stay connected to the template
  const client = new pg.Client({ connectionString: url.toString(), application_name: applicationName });
  client.on("error", () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

/** Whether a query has been answered when another on another connection has been, twice over. */
async function answersBefore(one: pg.Client, other: pg.Client): Promise<boolean> {
  let answered = false;
  void one.query("SELECT 1").then(
    () => (answered = true),
    () => undefined,
  );
  await other.query("SELECT pg_sleep(0.1)");
  return answered;
}

describe("DatabaseProxy", () => {
  it("passes everything on, also what is larger than one packet", async () => {
    const client = await connected();
    const { rows } = await client.query<{ text: string }>("SELECT repeat('x', 3000000) AS text");
    expect(rows[0]?.text).toHaveLength(3_000_000);
  });

  it("holds one direction of one connection until it is healed, and loses nothing of it", async () => {
    const [lease, other] = [await connected("gatehouse lease"), await connected()];
    const heal = proxy.disturb({ direction: "from database", only: "lease", delayMs: Infinity });
    const first = lease.query<{ n: number }>("SELECT 1 AS n");
    expect(await answersBefore(lease, other)).toBe(false);
    heal();
    expect((await first).rows).toEqual([{ n: 1 }]);
    expect(await answersBefore(other, lease)).toBe(true);
  });

  it("keeps a statement from the database while that direction is held", async () => {
    const [held, other] = [await connected("gatehouse lease"), await connected()];
    await other.query("CREATE TEMPORARY TABLE seen (n int)");
    const heal = proxy.disturb({ direction: "to database", only: "lease", delayMs: Infinity });
    const late = held.query<{ ms: number }>("SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms");
    const { rows } = await other.query<{ ms: number }>(
      "SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms FROM pg_sleep(0.1)",
    );
    heal();
    expect((await late).rows[0]?.ms).toBeGreaterThan(rows[0]?.ms ?? Infinity);
  });

  it("loses and delays notifications, and nothing else", async () => {
    const [listener, speaker] = [await connected(), await connected()];
    const heard: string[] = [];
    listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await listener.query("LISTEN words");
    const say = async (word: string) => {
      await speaker.query("SELECT pg_notify('words', $1)", [word]);
      await listener.query("SELECT 1"); // what came before it has arrived, unless it is held back
    };
    await say("plain");
    let heal = proxy.disturb({ notifications: true, delayMs: 0, lose: true });
    await say("lost");
    heal();
    heal = proxy.disturb({ notifications: true, delayMs: 100 });
    await say("late");
    expect(heard).toEqual(["plain"]);
    await speaker.query("SELECT pg_sleep(0.2)");
    await listener.query("SELECT 1");
    heal();
    expect(heard).toEqual(["plain", "late"]);
  });

  it("cuts every connection, and refuses new ones until it is healed", async () => {
    const client = await connected();
    const heal = proxy.cut();
    await expect(client.query("SELECT 1")).rejects.toThrow();
    await expect(connected()).rejects.toThrow();
    heal();
    expect((await (await connected()).query("SELECT 1")).rowCount).toBe(1);
  });
});
