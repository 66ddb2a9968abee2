import pg from "pg";

/** The statements that are sent to the database while the work is done, in their order, `BEGIN` and `COMMIT` among them. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const real = pg.Client.prototype.query;
  const statements: string[] = [];
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query] = args as [string | { text?: string } | undefined];
    statements.push(typeof query === "string" ? query : (query?.text ?? ""));
    return Reflect.apply(real, this, args) as unknown;
  } as typeof real;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = real;
  }
  return statements;
}

/**
 * How many statements the work sends to the database. This is how a test tells a query per row from a query for all: a clock
 * would tell how busy the machine is.
 */
export async function countQueries(work: () => Promise<unknown>): Promise<number> {
  return (await statementsOf(work)).length;
}
