import type { Gatehouse } from "./gatehouse";

/** Makes the newest session of a person an hour older, so that their proof of who they are no longer counts as recent. */
export async function ageSession({ sql }: Gatehouse, personId: string): Promise<void> {
  await sql(
    `UPDATE session SET created_at = created_at - interval '1 hour', reauthenticated_at = created_at - interval '1 hour'
     WHERE id = (SELECT id FROM session WHERE person_id = $1 ORDER BY created_at DESC LIMIT 1)`,
    [personId],
  );
}
