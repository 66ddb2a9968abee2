import "server-only";
import { PrismaPg } from "@prisma/adapter-pg";

type Connection = Awaited<ReturnType<PrismaPg["connect"]>>;
type Transaction = Awaited<ReturnType<Connection["startTransaction"]>>;

/** Runs one query after the other; each as soon as the one before it has ended, however that ended. */
function inTurns(transaction: Transaction): Transaction {
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) => {
    const bound = run.bind(transaction);
    return (...args: Args): Promise<Result> => {
      const next = previous.then(() => bound(...args));
      previous = next.catch(() => undefined);
      return next;
    };
  };
  transaction.queryRaw = inTurn(transaction.queryRaw);
  transaction.executeRaw = inTurn(transaction.executeRaw);
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
