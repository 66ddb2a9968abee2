import "server-only";
import pg from "pg";
import { PrismaClient } from "@/lib/generated/prisma/client.ts";
import { TransactionInTurns, withQuery } from "./db-adapter";
import { env } from "./env";

/** What a verb gets: a client inside one transaction. */
export type Tx = Omit<PrismaClient, "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends">;

/** A statement; where it has a name, PostgreSQL plans it once for each connection (one text for one name). */
export type Statement = { name?: string; text: string; values?: unknown[] };

/** Runs one without Prisma, and returns its rows as the driver reads them. */
export type Query = <R extends object>(statement: Statement) => Promise<R[]>;

/**
 * Any item of a list, told so that PostgreSQL cannot count them when it plans: else it finds a plan for one item so much cheaper
 * than that for any number that it makes a new one each time, and planning these costs more than running them.
 */
export const oneOf = (list: string): string => `ANY (ARRAY(SELECT unnest(${list})))`;

/** A query that is given up after that many ms. `@types/pg` knows the option for a pool only; pg honours it for one query too. */
export type TimedQuery = pg.QueryConfig<unknown[]> & { query_timeout: number };

type Clients = { pool: pg.Pool; logPool: pg.Pool; readerPool: pg.Pool; prisma: PrismaClient };

// Once per process. Kept on globalThis because Next loads this module once per bundle.
const holder = globalThis as typeof globalThis & { __gatehouseDb?: Clients };

const MAX_CONNECTIONS = 10;
const MAX_LOG_CONNECTIONS = 2;
const MAX_READER_CONNECTIONS = 4;

/**
 * How long a connection may take, ms: a database that is away must fail a request, not hang it. The wait for a free one of
 * the pool counts too, so that a burst of pages on a busy machine must fit in.
 */
const CONNECT_TIMEOUT_MS = 4_000;

/** What the URL's `connect_timeout` says (whole seconds, as libpq reads it), or else ours. */
function connectTimeoutMs(url: string): number {
  const seconds = Number(new URL(url).searchParams.get("connect_timeout"));
  return Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : CONNECT_TIMEOUT_MS;
}

/**
 * Our statements take a few ms. Where PostgreSQL guesses that they take long it compiles them first, which takes it seconds: it
 * does where it was built with a compiler, as Debian's is, and knows nothing of its tables yet.
 */
async function withoutCompiling(client: pg.ClientBase): Promise<void> {
  await client.query("SET jit = off");
}

/** A reader can write nothing, and takes one core at most. */
async function forReading(client: pg.ClientBase): Promise<void> {
  await client.query("SET jit = off; SET default_transaction_read_only = on; SET max_parallel_workers_per_gather = 0");
}

function clients(): Clients {
  if (holder.__gatehouseDb) return holder.__gatehouseDb;
  const connectionString = env().DATABASE_URL;
  if (!connectionString) throw new Error("DATABASE_URL is not set: start Gatehouse with `npm start`, or set it");
  const open = (max: number, prepare = withoutCompiling) => {
    const pool = new pg.Pool({
      connectionString,
      max,
      connectionTimeoutMillis: connectTimeoutMs(connectionString),
      idleTimeoutMillis: 30_000,
      application_name: "gatehouse",
      // The pool waits for what it returns, though its types do not say so.
      onConnect: prepare as (client: pg.ClientBase) => void,
    });
    // A dropped idle connection is the pool's to replace; without a listener it would end the process.
    pool.on("error", () => undefined);
    // And one that breaks between the pool and whoever asked for it has no listener at all for a moment.
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  };
  const pool = open(MAX_CONNECTIONS);
  const prisma = new PrismaClient({ adapter: new TransactionInTurns(pool) });
  const logPool = open(MAX_LOG_CONNECTIONS);
  const readerPool = open(MAX_READER_CONNECTIONS, forReading);
  return (holder.__gatehouseDb = { pool, logPool, readerPool, prisma });
}

/** The Prisma client. For verbs: prefer the `tx` that `defineVerb` hands over. */
export function db(): PrismaClient {
  return clients().prisma;
}

/** The same connections without Prisma, for the few statements that must be cheap. */
export function pool(): pg.Pool {
  return clients().pool;
}

/** Runs a statement by itself. Inside a transaction use the transaction's own (`transaction`, `VerbScope.query`). */
export const queryAlone: Query = async <R extends object>(statement: Statement) =>
  (await pool().query<R & pg.QueryResultRow>(statement)).rows;

/** Runs statements on one connection. */
export const queryBy =
  (client: pg.ClientBase): Query =>
  async <R extends object>(statement: Statement) =>
    (await client.query<R & pg.QueryResultRow>(statement)).rows;

/** A transaction: what Prisma sends, and the few statements that must be cheap, on one connection and in turns. */
export function transaction<T>(
  work: (tx: Tx, query: Query) => Promise<T>,
  options: { timeout: number; maxWait: number },
): Promise<T> {
  return withQuery((own) => db().$transaction((tx) => work(tx, own()), options));
}

/** Connections for the decisions' entries alone: however many look-ups wait for one of the others, the log does not. */
export function logPool(): pg.Pool {
  return clients().logPool;
}

/** Connections for searching the log alone: a search that takes long holds up nobody but those who search. They write nothing. */
export function readerPool(): pg.Pool {
  return clients().readerPool;
}

/** Closes every connection; the next use opens new ones. */
export async function closeDb(): Promise<void> {
  const open = holder.__gatehouseDb;
  if (!open) return;
  holder.__gatehouseDb = undefined;
  await open.prisma.$disconnect();
  await Promise.all([open.pool.end(), open.logPool.end(), open.readerPool.end()]);
}
