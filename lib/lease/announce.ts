import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { pool, type Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { SUBJECT_KINDS, type Subject } from "./subject";

/**
 * The channel that wakes the holders of leases early. What they must know stands in the table `change`; where it is short
 * enough the notification says it as well (`ChangeNotification`), so that they need not read it first.
 */
export const CHANGE_CHANNEL = "gatehouse_change";

const changeNotificationSchema = z.strictObject({
  first: z.int().positive(),
  subjects: z.array(z.tuple([z.enum(SUBJECT_KINDS), z.string()])).min(1),
});
/** What a notification says: the changes from number `first` on, without a gap, as `[kind, id]`. */
export type ChangeNotification = z.infer<typeof changeNotificationSchema>;
/** PostgreSQL takes less than 8,000 bytes. */
const MAX_NOTIFICATION_CHARS = 4_000;

/** What a notification says; null where it says nothing that can be read. Whoever may connect to the database may send one. */
export function readNotification(payload: string | undefined): ChangeNotification | null {
  if (!payload) return null;
  try {
    return changeNotificationSchema.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}

/** Tells the triggers that note whatever nobody else does: this transaction has noted its changes itself. */
const NOTED_SETTING = "gatehouse.noted";

/** How a change got around: to whom, and how long that took. */
export type Spread = {
  /** The change's number; 0 where nothing was changed. */
  seq: number;
  /** How many processes said that they dropped what they had cached of it. */
  confirmedBy: number;
  /** How many held a lease when it was announced; what did not confirm has lost its lease, and may use no cache. */
  processes: number;
  waitedMs: number;
  /** True where no process anywhere may still act on the state before. */
  complete: boolean;
};

/** A narrowing change that every process has heard of and none has seen made. */
export type Announcement = { first: number; last: number; subjects: readonly Subject[]; spread: Spread };

/** A lease ends after about one second; what is longer is a database that does not answer. */
const MAX_WAIT_MS = 5_000;
const FIRST_LOOK_MS = 1;
const MAX_LOOK_MS = 10;

// The counter's row stays locked until commit: commit order is number order, and there are no gaps.
const noted = (state: "pending" | "final") => `
WITH head AS (UPDATE change_head SET seq = seq + cardinality($1::text[]) WHERE id = 1 RETURNING seq),
     noted AS (INSERT INTO change (seq, subject_kind, subject_id, state, narrows)
               SELECT head.seq - cardinality($1::text[]) + nth, kind, id, '${state}', true
               FROM head, unnest($1::text[], $2::text[]) WITH ORDINALITY AS s(kind, id, nth))
SELECT seq::float8 AS seq, set_config('${NOTED_SETTING}', 'on', true) AS noted,
       pg_notify('${CHANGE_CHANNEL}', CASE WHEN $3 = '' THEN '' ELSE
         '{"first":' || (seq - cardinality($1::text[]) + 1) || ',"subjects":' || $3 || '}' END)::text AS woken
FROM head`;
const NOTE_PENDING = noted("pending");
const NOTE_FINAL = noted("final");

const LEASES = `
SELECT count(*) FILTER (WHERE cursor >= $1)::int AS confirmed, count(*) FILTER (WHERE cursor < $1)::int AS waiting
FROM lease WHERE expires_at > clock_timestamp()`;

const kindsOf = (subjects: readonly Subject[]) => subjects.map(({ kind }) => kind);
const idsOf = (subjects: readonly Subject[]) => subjects.map(({ id }) => id);

/** The parameters of a statement that notes changes. */
function notedValues(subjects: readonly Subject[]): [string[], string[], string] {
  const said = JSON.stringify(subjects.map(({ kind, id }) => [kind, id]));
  return [kindsOf(subjects), idsOf(subjects), said.length <= MAX_NOTIFICATION_CHARS ? said : ""];
}

/**
 * Steps 1 and 2 of a revocation: commits that something is about to be narrowed, and waits until no process holds it in a
 * cache, nor will before the change is made or given up. Never longer than one lease. Throws `unavailable` where the
 * database does not answer.
 */
export async function announce(subjects: readonly Subject[]): Promise<Announcement> {
  const { rows } = await pool().query<{ seq: number }>(NOTE_PENDING, notedValues(subjects));
  const last = rows[0]?.seq;
  if (last === undefined) throw new Error("change_head has no row");
  const announcement = { first: last - subjects.length + 1, last, subjects };
  try {
    return { ...announcement, spread: await awaitLeases(last) };
  } catch (error) {
    await giveUp(announcement);
    throw error;
  }
}

type Leases = { confirmed: number; waiting: number };

const readLeases = async (seq: number): Promise<Leases | undefined> =>
  (await pool().query<Leases>(LEASES, [seq])).rows[0];

/** `awaitLeases` up to the newest change, for a transaction that found nothing left to change. */
export async function awaitNewest(tx: Tx): Promise<Spread> {
  const head = await tx.changeHead.findUniqueOrThrow({ where: { id: 1 } });
  // By its own connection: who holds one and waits for another of the same pool may wait for somebody who does the same.
  return awaitLeases(Number(head.seq), async (seq) => (await tx.$queryRawUnsafe<Leases[]>(LEASES, seq))[0]);
}

/** Waits until every unexpired lease is at `seq` or beyond. Throws `unavailable` after 5 s. */
export async function awaitLeases(seq: number, read: typeof readLeases = readLeases): Promise<Spread> {
  const startedMs = performance.now();
  let processes = 0;
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(2 * lookMs, MAX_LOOK_MS)) {
    const { confirmed, waiting } = (await read(seq)) ?? { confirmed: 0, waiting: 0 };
    processes = Math.max(processes, confirmed + waiting);
    const waitedMs = Math.round((performance.now() - startedMs) * 10) / 10;
    if (waiting === 0) return { seq, confirmedBy: confirmed, processes, waitedMs, complete: true };
    if (waitedMs > MAX_WAIT_MS)
      throw new GatehouseError("unavailable", {
        internal: `${waiting} leases neither confirm nor end`,
        retryAfterSeconds: 1,
      });
    await sleep(lookMs);
  }
}

/**
 * Step 3, inside the transaction that makes the change. False where the announcement was given up meanwhile (it took too
 * long): then caches may hold the subject again, and it must be announced anew.
 */
export async function finishAnnounced(tx: Tx, { first, last }: Announcement): Promise<boolean> {
  const rows = await tx.$queryRaw<{ finished: number }[]>`
    WITH done AS (UPDATE change SET state = 'final' WHERE seq BETWEEN ${first} AND ${last} AND state = 'pending' RETURNING seq)
    SELECT count(*)::int AS finished, set_config(${NOTED_SETTING}, 'on', true) AS noted FROM done`;
  return rows[0]?.finished === last - first + 1;
}

/** Notes a change inside the transaction that makes it, in force with its commit: the urgent form. */
export async function noteChange(tx: Tx, subjects: readonly Subject[]): Promise<number> {
  const rows = await tx.$queryRawUnsafe<{ seq: number }[]>(NOTE_FINAL, ...notedValues(subjects));
  const seq = rows[0]?.seq;
  if (seq === undefined) throw new Error("change_head has no row");
  return seq;
}

/** Ends an announcement whose change was not made. Where even that fails, whoever holds a lease does it later. */
export async function giveUp({ first, last }: Pick<Announcement, "first" | "last">): Promise<void> {
  await pool()
    .query("UPDATE change SET state = 'final' WHERE seq BETWEEN $1 AND $2 AND state = 'pending'", [first, last])
    .catch(() => undefined);
}
