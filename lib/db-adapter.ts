import "server-only";
import { AsyncLocalStorage } from "node:async_hooks";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import type { Query } from "./db";

type Connection = Awaited<ReturnType<PrismaPg["connect"]>>;
type Transaction = Awaited<ReturnType<Connection["startTransaction"]>>;

/** What Prisma's adapter keeps to itself: the driver's connection that a transaction holds until it ends. */
type WithClient = { client: pg.ClientBase };

type Begun = AsyncLocalStorage<{ query: Query | null }>;

// On globalThis, as the clients are (`lib/db.ts`): Next loads this module once per bundle, and each may begin what another's adapter runs.
const held = globalThis as typeof globalThis & { __gatehouseBegun?: Begun };
/** The transaction that is begun in this course of events, once it is: Prisma tells nobody which connection it took. */
const begun = (held.__gatehouseBegun ??= new AsyncLocalStorage());

/** Runs one query after the other; each as soon as the one before it has ended, however that ended. */
function inTurns(transaction: Transaction): Transaction {
  const { client } = transaction as unknown as WithClient;
  let previous: Promise<unknown> = Promise.resolve();
  let ended = false;
  const inTurn = <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) => {
    return (...args: Args): Promise<Result> => {
      const next = previous.then(() => run(...args));
      previous = next.catch(() => undefined);
      return next;
    };
  };
  const executeRaw = inTurn(transaction.executeRaw.bind(transaction));
  transaction.queryRaw = inTurn(transaction.queryRaw.bind(transaction));
  transaction.executeRaw = (query) => {
    // Prisma ends one that takes too long while its work still goes on: the connection is somebody else's from then on.
    if (query.sql === "COMMIT" || query.sql === "ROLLBACK") ended = true;
    return executeRaw(query);
  };
  const query = inTurn(async (statement: Parameters<Query>[0]) => (await client.query(statement)).rows as object[]);
  const holder = begun.getStore();
  if (holder)
    holder.query = (async (statement) => {
      if (ended) throw new Error("the transaction has ended: P2028");
      return query(statement);
    }) as Query;
  return transaction;
}

/**
 * Prisma's adapter, whose transactions send one query at a time. Prisma asks for the relations of a row all at once, which
 * is faster over many connections; a transaction has one, and its driver is about to refuse a second query.
 */
export class TransactionInTurns extends PrismaPg {
  override async connect(): Promise<Connection> {
    const connection = await super.connect();
    const startTransaction = connection.startTransaction.bind(connection);
    connection.startTransaction = async (isolationLevel) => inTurns(await startTransaction(isolationLevel));
    return connection;
  }
}

/**
 * Runs what begins a transaction of this adapter, and hands over what its statements may be sent by without Prisma, in turns with
 * those of Prisma's. Once the transaction ends it throws.
 */
export function withQuery<T>(begin: (query: () => Query) => Promise<T>): Promise<T> {
  const holder: { query: Query | null } = { query: null };
  const query = (): Query => {
    if (!holder.query) throw new Error("no transaction was begun here");
    return holder.query;
  };
  return begun.run(holder, () => begin(query));
}
