import "server-only";
import { LogFault } from "../proof/fault";
import { leafHashOf } from "../tree/hash";
import { rootOfInclusion } from "../tree/proof";
import { storedTree, type Database, type StoredCheckpoint } from "../tree/store";
import { saysArchived, type GoneSpan } from "./spans";

/**
 * Believes nobody that entries are in an archive: an entry of the log must say so, and be one that was signed. Throws `LogFault` where
 * there is none, and where such entries still stand in the log: they would be looked at by nobody.
 */
export async function requireArchived(
  database: Database,
  gone: GoneSpan,
  newest: StoredCheckpoint | null,
): Promise<void> {
  const { entry, from, to } = gone;
  if (!newest || !entry || !saysArchived(entry.body, gone) || !(await isSigned(database, entry, newest)))
    throw new LogFault(from, "it was dropped, and no signed entry says that it was archived before");
  const { rows } = await database.query<{ idx: string }>(
    "SELECT idx FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx LIMIT 1",
    [from, to],
  );
  if (rows[0]) throw new LogFault(Number(rows[0].idx), "it stands in the log, which says that it was archived");
}

async function isSigned(
  database: Database,
  { index, body }: { index: number; body: string },
  { size, root }: StoredCheckpoint,
): Promise<boolean> {
  if (index >= size) return false;
  const leaf = leafHashOf(Buffer.from(`\0${body}`));
  return rootOfInclusion(index, size, leaf, await storedTree(database, size).inclusion(index)) === root;
}
