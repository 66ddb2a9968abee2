import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { TestReceiver, type Got } from "@/lib/testing/receiver";
import { headOfLog, makeSink, shipAll, wakeSink, writeEntries } from "@/lib/testing/sinks";
import { discardDeadLetters, listDeadLetters, retryDeadLetters } from "./dead-letters";
import { getSink } from "./list";
import { replaySink } from "./replay";
import { shipRound } from "./round";
import { claim, readState } from "./state";

useTestDatabase();

let receiver: TestReceiver;
beforeEach(async () => {
  receiver = await TestReceiver.begin();
});
afterEach(() => receiver.end());

type Payload = { data: { entries: { index: number; test?: boolean }[] } };
const indicesOf = ({ body }: Got) => (JSON.parse(body.toString()) as Payload).data.entries.map(({ index }) => index);
const received = () => receiver.got.flatMap(indicesOf);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, nth) => from + nth);
const webhook = (more: object = {}) => makeSink("webhook", { url: receiver.url }, more);
const shown = (sinkId: string) => getSink(systemCtx(), { sinkId });
const poison = (...indices: number[]) => {
  receiver.says = (got) => ({ status: indicesOf(got).some((index) => indices.includes(index)) ? 400 : 200 });
};

describe("shipping", () => {
  it("hands over every entry once, in order, and counts it when it was acknowledged", async () => {
    await writeEntries(1200);
    const { id } = await webhook({ from: "start" });
    const head = await headOfLog();
    expect(await shown(id)).toMatchObject({ cursor: 0, lagEntries: head, lagSeconds: expect.closeTo(0, -1) });
    expect(await shipAll(id)).toBe("rest");
    expect(received()).toEqual(range(0, head));
    expect(await shown(id)).toMatchObject({ cursor: head, shipped: head, lagEntries: 0, lagSeconds: 0, failures: 0 });
  });

  it("ships only what comes after a sink was made, unless told otherwise", async () => {
    await writeEntries(5);
    const { id } = await webhook();
    const { cursor } = await shown(id);
    await writeEntries(3);
    await shipAll(id);
    expect(received()).toEqual(range(cursor, cursor + 4)); // its own creation is the first
  });

  it("waits longer and longer where the receiver is down, says so, and goes on where it stopped", async () => {
    const { id } = await webhook();
    const { cursor } = await shown(id);
    receiver.says = () => ({ status: 503, body: "maintenance" });
    const restMs = async () => {
      await wakeSink(id);
      expect(await shipAll(id)).toBe("rest");
      const { nextTryAt } = await shown(id);
      return Date.parse(nextTryAt ?? "") - Date.now();
    };
    const rests = [await restMs(), await restMs(), await restMs(), await restMs(), await restMs()];
    expect(rests[4]).toBeGreaterThan((rests[0] ?? 0) + 4000);
    expect(await shown(id)).toMatchObject({ cursor, failures: 5, lastError: "It answered 503: maintenance" });
    receiver.got.length = 0;
    expect(await shipAll(id)).toBe("rest");
    expect(receiver.got).toEqual([]);
    receiver.says = () => ({ status: 200 });
    await wakeSink(id);
    await shipAll(id);
    expect(received()).toEqual(range(cursor, await headOfLog()));
    expect(await shown(id)).toMatchObject({ failures: 0, nextTryAt: null, deadLetters: 0 });
  });

  it("comes again when the receiver says, not before", async () => {
    const { id } = await webhook();
    receiver.says = () => ({ status: 429, headers: { "retry-after": "120" } });
    await shipAll(id);
    const { nextTryAt } = await shown(id);
    expect(Date.parse(nextTryAt ?? "") - Date.now()).toBeGreaterThan(110_000);
  });

  it("sends the same batch under the same id after a crash, and another one after a replay", async () => {
    const { id } = await webhook();
    await writeEntries(3);
    const state = await readState(id);
    if (!state) throw new Error("it is there");
    await claim(state, state.head); // this is where a process may end
    await writeEntries(3);
    receiver.says = () => ({ status: 500 });
    await shipRound(id, { nowSeconds: () => Date.now() / 1000 });
    receiver.says = () => ({ status: 200 });
    await wakeSink(id);
    await shipRound(id, { nowSeconds: () => Date.now() / 1000 });
    const [first, second] = receiver.got;
    expect(indicesOf(first as Got)).toEqual(range(state.cursor, state.head));
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    await replaySink(systemCtx(), { sinkId: id, index: state.cursor });
    receiver.got.length = 0;
    await shipAll(id);
    expect(received()).toEqual(range(state.cursor, await headOfLog()));
    expect(receiver.got[0]?.headers["webhook-id"]).not.toBe(first?.headers["webhook-id"]);
  });

  it("goes back to an index or a moment, never ahead, with an entry; a batch under way does not undo it", async () => {
    await writeEntries(5);
    const { id } = await webhook({ from: "start" });
    receiver.says = async (got) => {
      if (receiver.got.indexOf(got) === 0) await replaySink(systemCtx(), { sinkId: id, index: 0 });
      return { status: 200 };
    };
    await shipRound(id, { nowSeconds: () => Date.now() / 1000 });
    expect((await shown(id)).cursor).toBe(0);
    await shipAll(id);
    const { cursor } = await shown(id);
    await expect(replaySink(systemCtx(), { sinkId: id, index: cursor + 1 })).rejects.toMatchObject({ fields: [{ path: "index" }] }); // prettier-ignore
    const fourth = await db().auditEntry.findFirstOrThrow({ where: { idx: 4n } });
    const since = fourth.recordedAt.toISOString();
    const { entries } = await observe(() => replaySink(systemCtx(), { sinkId: id, since }));
    expect(entries).toMatchObject([
      { action: "sink.replay", body: { changes: [{ field: "cursor", before: cursor }] } },
    ]);
    expect((await shown(id)).cursor).toBeLessThanOrEqual(4);
  });

  it("says how many entries had left the log before their turn came", async () => {
    const { id } = await webhook();
    const { cursor } = await shown(id);
    await writeEntries(6);
    // As a partition that was detached would: the guard is the database's, not the test's.
    await db().$transaction([
      db().$executeRaw`ALTER TABLE audit_entry DISABLE TRIGGER USER`,
      db().$executeRaw`DELETE FROM audit_entry WHERE idx >= ${cursor} AND idx < ${cursor + 4}`,
      db().$executeRaw`ALTER TABLE audit_entry ENABLE TRIGGER USER`,
    ]);
    await shipAll(id);
    expect(received()).toEqual(range(cursor + 4, await headOfLog()));
    expect(await shown(id)).toMatchObject({ missed: 4, lagEntries: 0 });
  });
});

describe("dead letters", () => {
  it("hold exactly the entries that the receiver refuses for good; all others are handed over", async () => {
    const { id } = await webhook();
    const { cursor } = await shown(id);
    await writeEntries(40);
    const bad = [cursor + 3, cursor + 17, cursor + 18];
    poison(...bad);
    await shipAll(id);
    const head = await headOfLog();
    const taken = receiver.got.map(indicesOf).filter((indices) => !indices.some((index) => bad.includes(index))).flat(); // prettier-ignore
    expect(taken).toEqual(range(cursor, head).filter((index) => !bad.includes(index)));
    const { items } = await listDeadLetters(systemCtx(), { sinkId: id, limit: 2 });
    expect(items).toMatchObject([{ index: bad[0], error: "It answered 400.", retrying: false }, { index: bad[1] }]);
    expect(await shown(id)).toMatchObject({ cursor: head, deadLetters: 3, shipped: head - cursor - 3 });
  });

  it("keep what the receiver refuses whatever is sent from being given up", async () => {
    const { id } = await webhook();
    const { cursor } = await shown(id);
    await writeEntries(10);
    receiver.says = () => ({ status: 400, body: "no such tenant" });
    await shipAll(id);
    expect(await shown(id)).toMatchObject({ cursor, deadLetters: 0, lastError: "It refuses whatever is sent. It answered 400: no such tenant" }); // prettier-ignore
  });

  it("are sent again on demand: what is taken then is gone from them, the rest stays", async () => {
    const { id } = await webhook();
    const { cursor } = await shown(id);
    await writeEntries(4);
    poison(cursor + 1, cursor + 2);
    await shipAll(id);
    poison(cursor + 2);
    receiver.got.length = 0;
    const { entries } = await observe(() => retryDeadLetters(systemCtx(), { sinkId: id }));
    expect(entries).toMatchObject([{ action: "sink.retry", body: { details: { count: 2, which: "all" } } }]);
    await shipAll(id);
    expect(received()).toContain(cursor + 1);
    expect((await listDeadLetters(systemCtx(), { sinkId: id, limit: 9 })).items).toMatchObject([{ index: cursor + 2, retrying: false }]); // prettier-ignore
  });

  it("are discarded with an entry that says which, and are paged", async () => {
    const { id } = await webhook();
    const { cursor } = await shown(id);
    await writeEntries(6);
    poison(...range(cursor + 1, cursor + 5));
    await shipAll(id);
    const first = await listDeadLetters(systemCtx(), { sinkId: id, limit: 3 });
    const rest = await listDeadLetters(systemCtx(), { sinkId: id, limit: 3, cursor: first.nextCursor ?? undefined });
    expect([...first.items, ...rest.items].map(({ index }) => index)).toEqual(range(cursor + 1, cursor + 5));
    const { entries } = await observe(() => discardDeadLetters(systemCtx(), { sinkId: id, indices: [cursor + 1] }));
    expect(entries).toMatchObject([{ action: "sink.discard", body: { details: { indices: [cursor + 1] } } }]);
    expect(await discardDeadLetters(systemCtx(), { sinkId: id })).toEqual({ changed: 3 });
    expect(await discardDeadLetters(systemCtx(), { sinkId: id })).toEqual({ changed: 0 });
  });
});

describe("a secret", () => {
  it("is sealed anew when it is used after GATEHOUSE_SECRET was rotated, and asked for where it cannot be opened", async () => {
    const { id } = await webhook();
    const sealed = async () => (await db().auditSink.findUniqueOrThrow({ where: { id } })).sealedSecret;
    const [before, secret] = [await sealed(), env().GATEHOUSE_SECRET ?? ""];
    try {
      env().GATEHOUSE_SECRET = `another-secret-0123456789-abcdefghij,${secret}`;
      await shipAll(id);
      expect(Buffer.from((await sealed()) ?? []).equals(Buffer.from(before ?? []))).toBe(false);
      env().GATEHOUSE_SECRET = "a-third-secret-0123456789-abcdefghij";
      await writeEntries(1);
      await shipAll(id);
      expect((await shown(id)).lastError).toContain("cannot be opened");
    } finally {
      env().GATEHOUSE_SECRET = secret;
    }
  });
});

describe("S3 objects", () => {
  it("are whole stretches of the log, and an unfinished one waits no longer than it is told to", async () => {
    await writeEntries(1500);
    const settings = { endpoint: receiver.url, bucket: "log", accessKeyId: "A", gzip: false, flushSeconds: 60 };
    const { id } = await makeSink("s3", settings, { secret: "S", from: "start" });
    const written = () => receiver.got.map(({ path, body }) => [path, body.toString().trim().split("\n").length]);
    const first = Math.floor((await headOfLog()) / 1000);
    await shipAll(id);
    expect(written()).toHaveLength(first); // whole ones alone
    receiver.got.length = 0;
    const later = () => Date.now() / 1000 + 61;
    await shipAll(id, later);
    const head = await headOfLog();
    await writeEntries(3);
    await shipAll(id, later);
    const path = `/log/gatehouse/${String(first * 1000).padStart(12, "0")}.ndjson`;
    expect(written()).toEqual([
      [path, head - first * 1000],
      [path, head + 3 - first * 1000],
    ]);
    expect((await shown(id)).lagEntries).toBe(0);
  });
});
