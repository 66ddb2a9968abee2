import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { TestReceiver, type Got } from "@/lib/testing/receiver";
import { headOfLog, makeSink, shipAll, wakeSink, writeEntries } from "@/lib/testing/sinks";
import { listDeadLetters, retryDeadLetters } from "./dead-letters";
import { getSink } from "./list";
import { replaySink } from "./replay";
import { shipRound } from "./round";
import { claim, readState } from "./state";
import { updateSink } from "./update";

useTestDatabase();

const FAILED = "action:overview.read outcome:failure";
let receiver: TestReceiver;
beforeEach(async () => {
  receiver = await TestReceiver.begin();
});
afterEach(() => receiver.end());

type Payload = { data: { entries: { index: number }[] } };
const indicesOf = ({ body }: Got) => (JSON.parse(body.toString()) as Payload).data.entries.map(({ index }) => index);
const received = () => receiver.got.flatMap(indicesOf);
const webhook = (query: string | null, more: object = {}) =>
  makeSink("webhook", { url: receiver.url }, { query, ...more });
const shown = (sinkId: string) => getSink(systemCtx(), { sinkId });
const change = (sinkId: string, query: string | null) => updateSink(systemCtx(), { sinkId, query });
const now = { nowSeconds: () => Date.now() / 1000 };

/** Writes entries of which every seventh failed; the indices of those. */
async function writeMixed(sevens: number): Promise<number[]> {
  const failed: number[] = [];
  for (let nth = 0; nth < sevens; nth++) {
    await writeEntries(6);
    failed.push(await headOfLog());
    await writeEntries(1, "failure");
  }
  return failed;
}

describe("a sink with a query", () => {
  it("gets what matches and nothing else, in order; its cursor passes all, and shipped and left out add up to it", async () => {
    const { id, cursor } = await webhook(FAILED);
    const failed = await writeMixed(12);
    await shipAll(id);
    expect(received()).toEqual(failed);
    const head = await headOfLog();
    expect(await shown(id)).toMatchObject({
      ...{ query: FAILED, cursor: head, lagEntries: 0, lagSeconds: 0, missed: 0 },
      ...{ shipped: failed.length, leftOut: head - cursor - failed.length },
    });
  });

  it("is sent nothing at all while nothing matches, over more entries than one look takes, and has no lag then", async () => {
    await writeEntries(4500);
    const { id } = await webhook("action:tool.call", { from: "start" });
    await shipAll(id);
    expect(receiver.got).toEqual([]);
    const head = await headOfLog();
    expect(await shown(id)).toMatchObject({ cursor: head, lagEntries: 0, shipped: 0, leftOut: head });
  });

  it("is cut into batches by what matches, and none of it is lost at a cut", async () => {
    const { id, cursor } = await webhook("action:overview.read");
    await writeEntries(1100);
    await shipAll(id);
    expect(receiver.got.map((got) => indicesOf(got).length)).toEqual([500, 500, 100]);
    expect(received()).toEqual(Array.from({ length: 1100 }, (_, nth) => cursor + 1 + nth)); // its own creation is left out
  });

  it("stands at the first entry that the receiver lacks while that is down, so that its lag is that entry's", async () => {
    const { id } = await webhook(FAILED);
    const [first] = await writeMixed(3);
    receiver.says = () => ({ status: 503 });
    await shipAll(id);
    const { cursor, lagEntries, failures } = await shown(id);
    expect({ cursor, failures }).toEqual({ cursor: first, failures: 1 });
    expect(lagEntries).toBe((await headOfLog()) - (first ?? 0));
  });

  it("sends the same batch under the same id after a crash, and no other batch of the same range under it", async () => {
    const { id } = await webhook(FAILED);
    const failed = await writeMixed(4);
    const state = await readState(id);
    if (!state) throw new Error("it is there");
    await claim(state, state.head);
    await writeMixed(2); // comes after the crash
    receiver.says = () => ({ status: 500 });
    await shipRound(id, now);
    await wakeSink(id);
    receiver.says = () => ({ status: 200 });
    await shipRound(id, now);
    expect(receiver.got.map(indicesOf)).toEqual([failed, failed]);
    const [first, second] = receiver.got.map(({ headers }) => headers["webhook-id"]);
    expect(second).toBe(first);
    await change(id, "action:overview.read");
    await replaySink(systemCtx(), { sinkId: id, index: failed[0] ?? 0 });
    await shipAll(id);
    expect(receiver.got.slice(2).map(({ headers }) => headers["webhook-id"])).not.toContain(first);
  });

  it("gives up only entries that match, and sends no dead letter again that it no longer asks for", async () => {
    const { id } = await webhook(FAILED);
    const failed = await writeMixed(5);
    receiver.says = (got) => ({ status: indicesOf(got).includes(failed[2] ?? 0) ? 400 : 200 });
    await shipAll(id);
    const letters = async () => (await listDeadLetters(systemCtx(), { sinkId: id, limit: 9 })).items;
    expect(await letters()).toMatchObject([{ index: failed[2] }]);
    await change(id, "action:token.mint");
    receiver.got.length = 0;
    await retryDeadLetters(systemCtx(), { sinkId: id });
    await shipAll(id);
    expect(receiver.got).toEqual([]);
    expect(await letters()).toMatchObject([{ error: "The sink's query leaves it out by now.", retrying: false }]);
  });

  it("says how many entries had left the log, and counts those as neither shipped nor left out", async () => {
    const { id, cursor } = await webhook(FAILED);
    await writeMixed(2);
    await db().$transaction([
      db().$executeRaw`ALTER TABLE audit_entry DISABLE TRIGGER USER`,
      db().$executeRaw`DELETE FROM audit_entry WHERE idx >= ${cursor} AND idx < ${cursor + 5}`,
      db().$executeRaw`ALTER TABLE audit_entry ENABLE TRIGGER USER`,
    ]);
    await shipAll(id);
    expect(await shown(id)).toMatchObject({ missed: 5, shipped: 2, leftOut: (await headOfLog()) - cursor - 7 });
  });
});

describe("a query that is changed", () => {
  it("is recorded with what it was and what it is, and counts for all that was not acknowledged by then", async () => {
    const { id } = await webhook(null);
    const failed = await writeMixed(3);
    receiver.says = async (got) => {
      if (receiver.got.indexOf(got) === 0) await change(id, FAILED); // while a batch is under way
      return { status: 200 };
    };
    const { entries } = await observe(() => shipRound(id, now));
    expect(entries).toMatchObject([
      { action: "sink.update", opened: { changes: [{ field: "query", before: null, after: FAILED }] } },
    ]);
    expect(JSON.stringify(entries[0]?.body), "the words that somebody wrote can be erased").not.toContain(
      "overview.read",
    );
    receiver.got.length = 0;
    await shipAll(id);
    expect(received()).toEqual(failed);
    const back = await observe(() => change(id, null));
    expect(back.entries).toMatchObject([{ opened: { changes: [{ field: "query", before: FAILED, after: null }] } }]);
    expect((await observe(() => change(id, null))).entries).toEqual([]);
  });

  it("follows names as they are: one that means too much by now makes the sink wait, and leaves nothing out", async () => {
    const { id } = await webhook("actor:twin outcome:failure");
    const { cursor } = await shown(id);
    await writeEntries(3);
    const people = Array.from({ length: 501 }, (_, nth) => ({
      ...{ id: `per_twin${nth}`, name: `Twin ${nth}`, email: `twin${nth}@example.com`, consoleRole: "member" as const },
    }));
    const made = await makePerson();
    const like = await db().person.findUniqueOrThrow({ where: { id: made.id } });
    await db().person.createMany({ data: people.map((person) => ({ ...like, ...person })) as never });
    await shipAll(id);
    expect(await shown(id)).toMatchObject({
      cursor,
      lastError: "Its query cannot be asked: more than 500 things are called so: write more of the name",
    });
    await expect(change(id, "outcome:deny actor:twin")).rejects.toMatchObject({
      fields: [{ path: "query", from: 19, to: 23 }],
    });
    await db().person.deleteMany({ where: { id: { startsWith: "per_twin" } } });
    await wakeSink(id);
    await shipAll(id);
    expect(await shown(id)).toMatchObject({ cursor: await headOfLog(), failures: 0 });
  });
});

describe("S3 objects of a query", () => {
  it("hold what matched, and are never written again with less of it", async () => {
    const settings = { endpoint: receiver.url, bucket: "log", accessKeyId: "A", gzip: false, flushSeconds: 60 };
    const { id, cursor } = await makeSink("s3", settings, { secret: "S" });
    const objects = new Map<string, number[]>();
    receiver.says = ({ path, body }) => {
      const lines = body.toString().trim().split("\n");
      objects.set(
        path,
        lines.map((line) => (JSON.parse(line) as { index: number }).index),
      );
      return { status: 200 };
    };
    const later = () => Date.now() / 1000 + 61;
    await writeEntries(2);
    await shipAll(id, later);
    const before = new Map(objects);
    await change(id, FAILED);
    const first = await writeMixed(2);
    await shipAll(id, later);
    const second = await writeMixed(2);
    await shipAll(id, later);
    for (const [path, indices] of before) expect(objects.get(path)).toEqual(indices);
    const written = [...objects.values()].flat();
    expect(written).toEqual(expect.arrayContaining([cursor, cursor + 1, cursor + 2, ...first, ...second]));
    expect([...objects].slice(before.size).flatMap(([, indices]) => indices)).toEqual([...first, ...second]);
  });
});
