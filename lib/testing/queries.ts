import pg from "pg";

/**
 * How many statements the work sends to the database, `BEGIN` and `COMMIT` among them. This is how a test tells a query
 * per row from a query for all: a clock would tell how busy the machine is.
 */
export async function countQueries(work: () => Promise<unknown>): Promise<number> {
  const real = pg.Client.prototype.query;
  let count = 0;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    count += 1;
    return Reflect.apply(real, this, args) as unknown;
  } as typeof real;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = real;
  }
  return count;
}
