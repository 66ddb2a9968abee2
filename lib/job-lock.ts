import type pg from "pg";

/** Advisory locks of jobs are pairs: this, and the hash of the job's name. */
const LOCK_CLASS = 72707372;

/** Tries to take a job's lock for a connection, as long as it lasts; false where another has it. */
export async function jobLock(client: pg.ClientBase, job: string): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1, hashtext($2)) AS mine", [
    LOCK_CLASS,
    job,
  ]);
  return rows[0]?.mine ?? false;
}
