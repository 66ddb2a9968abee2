import type pg from "pg";

/**
 * Does work in one transaction of a connection that is held. Where the work throws, so does this, with everything undone; also
 * where the connection is gone and cannot say so.
 * @param begin `BEGIN` with what holds for this transaction alone
 */
export async function inClientTransaction<T>(
  client: pg.ClientBase,
  work: () => Promise<T>,
  begin = "BEGIN",
): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
