import { afterEach, describe, expect, it, vi } from "vitest";
import { db, pool } from "@/lib/db";

import { revokeTokens } from "@/lib/token/revoke";
import { updateServer } from "@/lib/server/update";
import { updatePerson } from "@/lib/person/update";
import { anonymousCtx, systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeTokenParties } from "@/lib/testing/make-token";
import { announce, CHANGE_CHANNEL, giveUp, type ChangeNotification } from "./announce";
import { LeasedCache } from "./cache";
import { Lease, LEASE_MS } from "./lease";
import type { Subject } from "./subject";

useTestDatabase();

const open: Lease[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((lease) => lease.close()));
  await db().lease.deleteMany();
});

let started = 0;

/** A lease that is held, and what it was told to drop. The wall clock and the monotonic one can be set off. */
async function hold() {
  const dropped: string[] = [];
  const clocks = { monotonicMs: () => performance.now() + skew.monotonic, wallMs: () => Date.now() + skew.wall };
  const skew = { monotonic: 0, wall: 0 };
  const lease = new Lease({
    instance: `test ${++started}`,
    connectionString: process.env.DATABASE_URL ?? "",
    onChanges: (subjects) => void dropped.push(...subjects.map(({ kind, id }) => `${kind}:${id}`)),
    clocks,
  });
  open.push(lease);
  lease.start();
  await vi.waitFor(() => expect(lease.alive()).toBe(true), 10_000);
  dropped.length = 0; // what a process drops as it joins has a test of its own
  return { lease, dropped, skew };
}

/** How long a lease lives that nobody renews: long enough to look at what waits for it, also on a slow machine. */
const SILENT_MS = 1_500;
const lives = (instance: string, cursor: number, ms: number) =>
  pool().query(
    `INSERT INTO lease (instance, expires_at, cursor) VALUES ($1, clock_timestamp() + $3 * interval '1 millisecond', $2)`,
    [instance, cursor, ms],
  );
const notify = (said: ChangeNotification) =>
  pool().query("SELECT pg_notify($1, $2)", [CHANGE_CHANNEL, JSON.stringify(said)]);
/** A change of which nobody is told. */
const note = (tokenId: string) =>
  pool().query(
    `WITH head AS (UPDATE change_head SET seq = seq + 1 RETURNING seq)
     INSERT INTO change (seq, subject_kind, subject_id) SELECT seq, 'token', $1 FROM head`,
    [tokenId],
  );
/** The database answers everything but who holds a lease. */
async function withoutLeases<T>(work: () => Promise<T>): Promise<T> {
  await pool().query("ALTER TABLE lease RENAME TO lease_away");
  try {
    return await work();
  } finally {
    await pool().query("ALTER TABLE lease_away RENAME TO lease");
  }
}

const pendings = () => db().change.count({ where: { state: "pending" } });
const revoke = (id: string, urgent = false) => revokeTokens(systemCtx(), { by: "tokens", id, urgent });

describe("a lease", () => {
  it("is alive while it is renewed, longer than one lease lasts, and ends with close", async () => {
    const { lease } = await hold();
    const endsAt = performance.now() + 1.5 * LEASE_MS;
    await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(endsAt), 10_000);
    await vi.waitFor(() => expect(lease.alive()).toBe(true), 10_000);
    await lease.close();
    expect(lease.alive()).toBe(false);
    expect(await db().lease.count()).toBe(0); // nobody waits for it
  });

  it("does not come alive again by a renewal that was on its way when it was closed", async () => {
    const { lease } = await hold();
    const client = await pool().connect();
    let closed: Promise<void>;
    try {
      await client.query("BEGIN");
      await client.query("SELECT FROM lease FOR UPDATE");
      await vi.waitFor(async () => {
        const { rowCount } = await pool().query(
          "SELECT FROM pg_stat_activity WHERE application_name = 'gatehouse lease' AND wait_event_type = 'Lock'",
        );
        expect(rowCount).toBe(1);
      }, 10_000);
      closed = lease.close();
      await client.query("COMMIT");
    } finally {
      client.release();
    }
    await closed;
    expect(lease.alive()).toBe(false);
  });

  it("ends by itself once its time has passed on the monotonic clock", async () => {
    const { lease, skew } = await hold();
    skew.monotonic = skew.wall = LEASE_MS;
    expect(lease.alive()).toBe(false);
  });

  it.each([60, -60])(
    "ends at once where the clocks drift apart by %d ms, and comes back with its next renewal",
    async (ms) => {
      const { lease, skew } = await hold();
      skew.wall = ms;
      expect(lease.alive()).toBe(false);
      await vi.waitFor(() => expect(lease.alive()).toBe(true), 10_000);
    },
  );

  it("applies each change once, in order, and confirms it", async () => {
    const { lease, dropped } = await hold();
    const { first, last } = await announce([
      { kind: "token", id: "tok_a" },
      { kind: "role", id: "rol_b" },
    ]);
    expect(dropped).toEqual(["token:tok_a", "role:rol_b"]);
    expect(lease.cursor).toBe(last);
    await giveUp({ first, last });
  });

  it("drops what a notification says before it has read it", async () => {
    const { lease, dropped } = await hold();
    const next = lease.cursor + 1;
    // What it says stands nowhere else: the table has another name.
    const said: ChangeNotification = { first: next, subjects: [["token", "tok_said"]] };
    await db().$transaction([
      db().$executeRaw`UPDATE change_head SET seq = seq + 1`,
      db().$executeRaw`INSERT INTO change (seq, subject_kind, subject_id) VALUES (${next}, 'token', 'tok_written')`,
      db().$executeRaw`SELECT pg_notify(${CHANGE_CHANNEL}, ${JSON.stringify(said)})`,
    ]);
    await vi.waitFor(() => expect(dropped).toContain("token:tok_said"), 10_000);
    expect(lease.cursor).toBe(next);
  });

  it("drops everything once where the database has gone back, and follows it from there", async () => {
    const { lease, dropped } = await hold();
    await note("tok_lost");
    await vi.waitFor(() => expect(dropped).toEqual(["token:tok_lost"]), 10_000);
    await db().$transaction([
      db().$executeRaw`DELETE FROM change WHERE subject_id = 'tok_lost'`,
      db().$executeRaw`UPDATE change_head SET seq = seq - 1`,
    ]);
    await vi.waitFor(() => expect(dropped).toEqual(["token:tok_lost", "all:all"]), 10_000);
    await note("tok_after");
    await vi.waitFor(() => expect(dropped).toEqual(["token:tok_lost", "all:all", "token:tok_after"]), 10_000);
    expect(lease.alive()).toBe(true);
  });

  it("reads for itself where one notification before another was lost, and where one says nothing", async () => {
    const { lease, dropped } = await hold();
    const before = lease.cursor;
    await note("tok_silent");
    await note("tok_said");
    await notify({ first: before + 2, subjects: [["token", "tok_said"]] });
    await vi.waitFor(() => expect(dropped).toEqual(["token:tok_silent", "token:tok_said"]), 10_000);
    expect(lease.cursor).toBe(before + 2);
  });

  it.each(["no JSON", "null", "{}", '{"first":"1","subjects":[]}', '{"first":1,"subjects":[["wolf","1"]]}'])(
    "reads for itself where a notification is not one of Gatehouse: %s",
    async (payload) => {
      const { lease, dropped } = await hold();
      await pool().query("SELECT pg_notify($1, $2)", [CHANGE_CHANNEL, payload]);
      await note("tok_after");
      await vi.waitFor(() => expect(dropped).toEqual(["token:tok_after"]), 10_000);
      expect(lease.alive()).toBe(true);
    },
  );

  it("keeps out what was read before it was first held, for that may have been changed since", async () => {
    const cache = new LeasedCache();
    const table = cache.table<string>(10);
    const early = cache.beginRead();
    const connectionString = process.env.DATABASE_URL ?? "";
    const onChanges = (subjects: readonly Subject[]) => cache.drop(subjects);
    const lease = new Lease({ instance: "joins", connectionString, onChanges });
    open.push(lease);
    lease.start();
    await vi.waitFor(() => expect(lease.alive()).toBe(true), 10_000);
    table.fill(early, "token", "as it was", [{ kind: "token", id: "tok_a" }]);
    expect(table.get("token")).toBeUndefined();
    table.fill(cache.beginRead(), "token", "as it is", [{ kind: "token", id: "tok_a" }]);
    expect(table.get("token")).toBe("as it is");
  });

  it("drops everything where changes that it has not seen are gone", async () => {
    const { dropped } = await hold();
    await pool().query("UPDATE change_head SET seq = seq + 5");
    await vi.waitFor(() => expect(dropped).toEqual(["all:all"]), 10_000);
  });

  it("finalises what a process announced that is gone, and removes leases long ended", async () => {
    await lives("gone", 0, -61_000);
    await pool().query(
      `WITH head AS (UPDATE change_head SET seq = seq + 1 RETURNING seq)
       INSERT INTO change (seq, subject_kind, subject_id, state, narrows, created_at)
       SELECT seq, 'token', 'tok_orphan', 'pending', true, now() - interval '31 seconds' FROM head`,
    );
    await hold();
    await vi.waitFor(async () => expect(await pendings()).toBe(0), 10_000);
    await vi.waitFor(async () => expect(await db().lease.count({ where: { instance: "gone" } })).toBe(0), 10_000);
  });

  it("comes back by itself after its connection was cut", async () => {
    const { lease } = await hold();
    await pool().query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse lease'",
    );
    await vi.waitFor(async () => {
      const [row] = await db().lease.findMany();
      expect(row && row.expiresAt > new Date(Date.now() + LEASE_MS / 2)).toBe(true);
      expect(lease.alive()).toBe(true);
    }, 10_000);
  });
});

describe("a narrowing change", () => {
  it("is confirmed by every process that holds a lease, and says how many did", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    const first = await hold();
    const second = await hold();
    const result = await revoke(id);
    expect(result).toMatchObject({ revoked: 1, confirmedBy: 2, processes: 2, complete: true });
    expect([first.dropped, second.dropped]).toEqual([[`token:${id}`], [`token:${id}`]]);
    expect(await pendings()).toBe(0);
  });

  it("waits for a lease that does not confirm until that has ended, and no longer", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    await lives("silent", 0, SILENT_MS);
    const revoking = revoke(id);
    await vi.waitFor(async () => expect(await pendings()).toBe(1));
    expect(await db().token.count({ where: { id, revokedAt: null } })).toBe(1); // in force for nobody before all
    expect(await revoking).toMatchObject({ revoked: 1, confirmedBy: 0, processes: 1, complete: true });
    const ended = await pool().query("SELECT expires_at <= clock_timestamp() AS ended FROM lease");
    expect(ended.rows).toEqual([{ ended: true }]);
  });

  it("is not made where the waiting fails, and nothing stays announced", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    await withoutLeases(() => expect(revoke(id)).rejects.toThrow());
    expect(await db().token.count({ where: { id, revokedAt: null } })).toBe(1);
    expect(await pendings()).toBe(0);
  });

  it("is announced anew where its announcement was given up meanwhile", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    await lives("silent", 0, SILENT_MS);
    const revoking = revoke(id);
    await vi.waitFor(async () => expect(await pendings()).toBe(1));
    await db().change.updateMany({ where: { state: "pending" }, data: { state: "final" } });
    expect(await revoking).toMatchObject({ revoked: 1, complete: true });
    expect(await db().change.count({ where: { subjectId: id, narrows: true } })).toBe(2);
  });

  it("announces nothing where it is refused, or changes nothing", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    await revoke(id);
    const before = await db().change.count();
    await expect(revokeTokens(anonymousCtx(), { by: "tokens", id, urgent: false })).rejects.toThrow();
    expect(await revoke(id)).toMatchObject({ revoked: 0, complete: true });
    expect(await db().change.count()).toBe(before);
  });

  it("of a server drops its tokens on their other servers too", async () => {
    const { dropped } = await hold();
    const { mint, server } = await makeTokenParties();
    const other = await makeServer();
    const alone = await mint();
    await db().tokenServer.create({ data: { tokenId: alone.id, serverId: other.id } });
    await revokeTokens(systemCtx(), { by: "servers", id: server.id, urgent: false });
    expect(dropped.slice(-2)).toEqual([`server:${server.id}`, `token:${alone.id}`]);
  });
});

describe("the urgent form", () => {
  it("is waited for as well by one that follows it and finds nothing left to end", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    await lives("deaf", 0, 3_000);
    const urgent = revoke(id, true);
    const revokedAt = () =>
      db()
        .token.findUniqueOrThrow({ where: { id } })
        .then((token) => token.revokedAt);
    await vi.waitFor(async () => expect(await revokedAt()).not.toBeNull(), 10_000);
    expect(await revoke(id)).toMatchObject({ revoked: 0, processes: 1, confirmedBy: 0, complete: true });
    expect(await urgent).toMatchObject({ revoked: 1, complete: true });
  });

  it("is in force at once, and then waits for whoever has not confirmed", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    await lives("silent", 0, 600);
    const revoking = revoke(id, true);
    await vi.waitFor(async () => expect(await db().token.count({ where: { id, revokedAt: null } })).toBe(0), 500);
    expect(await db().lease.count({ where: { expiresAt: { gt: new Date() } } })).toBe(1);
    expect(await revoking).toMatchObject({ revoked: 1, confirmedBy: 0, processes: 1, complete: true });
  });

  it("is waited for by a revocation that finds it made already, too", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    await lives("silent", 0, 600);
    const revoking = revoke(id, true);
    await vi.waitFor(async () => expect(await db().token.count({ where: { id, revokedAt: null } })).toBe(0), 500);
    expect(await revoke(id)).toMatchObject({ revoked: 0, complete: true });
    expect(await db().lease.count({ where: { expiresAt: { gt: new Date() } } })).toBe(0);
    await revoking;
  });

  it("is made even where nobody can be asked who has confirmed, and says so", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    const result = await withoutLeases(() => revoke(id, true));
    expect(result).toMatchObject({ revoked: 1, complete: false });
    expect(await db().token.count({ where: { id, revokedAt: null } })).toBe(0);
  });
});

describe("whatever else changes a cached fact", () => {
  it("by a verb is heard of without anybody waiting for it", async () => {
    const { dropped } = await hold();
    const { id } = await makeServer();
    await lives("silent", 0, 60_000);
    await updateServer(systemCtx(), { serverId: id, name: "Another name" });
    await vi.waitFor(() => expect(dropped).toContain(`server:${id}`), 10_000);
  });

  it("by hand is heard of too", async () => {
    const { dropped } = await hold();
    const person = await makePerson();
    const agent = await makeAgent(person.id);
    const server = await makeServer();
    const role = await makeRole([server.id], ["tickets:*"]);
    await pool().query("UPDATE agent SET name = 'Another' WHERE id = $1", [agent.id]);
    await pool().query("DELETE FROM role_scope WHERE role_id = $1", [role.id]);
    await vi.waitFor(
      () => expect(dropped).toEqual(expect.arrayContaining([`agent:${agent.id}`, `role:${role.id}`])),
      10_000,
    );
  });

  it("does not deadlock with others that change and record at the same moment", async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => makePerson()));
    await hold();
    const renamed = people.map(({ id }, nth) => updatePerson(systemCtx(), { personId: id, name: `Name ${nth}` }));
    const suspended = people.map(({ id }) => updatePerson(systemCtx(), { personId: id, status: "suspended" }));
    await expect(Promise.all([...renamed, ...suspended])).resolves.toHaveLength(12);
  });
});
