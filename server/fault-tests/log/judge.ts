import { isConsistent } from "@/lib/audit/tree/proof";
import { hashFromBase64, type Hash } from "@/lib/audit/tree/hash";
import { proveConsistency } from "@/lib/audit/proof/read";
import { verifyAudit } from "@/lib/audit/verify";
import { GatehouseError } from "@/lib/errors";
import { systemCtx } from "@/lib/testing/ctx";
import type { LogViolation } from "./violation";
import type { Published, Witness } from "./witness";

/** What the log must hold: how many entries of each request that was answered. */
export type AnsweredCounts = ReadonlyMap<string, number>;

const SHOWN = 5;

/** Judges the log as it stands when everything runs again and has caught up, against all that was seen and told meanwhile. */
export async function judgeAtRest(witness: Witness, answered: AnsweredCounts): Promise<LogViolation[]> {
  const found = [
    ...(await judgeIndices(witness)),
    ...(await judgeAnswers(witness, answered)),
    ...(await judgeLeaves(witness)),
    ...judgeRoots(witness.published),
    ...(await judgeKept(witness)),
  ];
  // What follows asks the log itself, which says nothing of use where it is broken.
  return found.length > 0 ? found : [...(await judgeConsistency(witness.published)), ...(await judgeWhole(witness))];
}

async function judgeIndices(witness: Witness): Promise<LogViolation[]> {
  const { rows } = await witness.query<Record<"entries" | "indices" | "ids" | "last" | "head", number>>(
    `SELECT count(*)::int AS entries, count(DISTINCT idx)::int AS indices, count(DISTINCT id)::int AS ids, max(idx)::int AS last,
       (SELECT next::int FROM audit_head) AS head FROM audit_entry`,
  );
  const { entries = 0, indices = 0, ids = 0, last = 0, head = 0 } = rows[0] ?? {};
  if ([indices, ids, last + 1, head].every((count) => count === entries)) return [];
  return [{ kind: "gap", what: `${entries} entries, ${indices} indices up to ${last}, ${ids} ids; the counter says ${head}` }]; // prettier-ignore
}

async function judgeAnswers(witness: Witness, answered: AnsweredCounts): Promise<LogViolation[]> {
  const { rows } = await witness.query<{ id: string; wanted: number; held: number }>(
    `SELECT answered.id, wanted, count(entry.idx)::int AS held FROM unnest($1::text[], $2::int[]) AS answered(id, wanted)
     LEFT JOIN audit_entry entry ON entry.request_id = answered.id GROUP BY answered.id, wanted HAVING count(entry.idx) <> wanted LIMIT ${SHOWN}`,
    [[...answered.keys()], [...answered.values()]],
  );
  return rows.map(({ id, wanted, held }) => ({
    kind: "entry_missing",
    what: `${id}: answered ${wanted}, in the log ${held}`,
  }));
}

async function judgeLeaves(witness: Witness): Promise<LogViolation[]> {
  const { rows } = await witness.query<{ idx: number }>(
    `SELECT seen.idx::float8 AS idx FROM unnest($1::bigint[], $2::text[]) AS seen(idx, leaf)
     LEFT JOIN audit_entry entry USING (idx) WHERE encode(entry.leaf, 'hex') IS DISTINCT FROM seen.leaf LIMIT ${SHOWN}`,
    [[...witness.leaves.keys()], [...witness.leaves.values()]],
  );
  return rows.map(({ idx }) => ({ kind: "entry_changed", what: `entry ${idx}` }));
}

/** One size, one root. */
function judgeRoots(published: readonly Published[]): LogViolation[] {
  const roots = new Map<number, string>();
  const forked = published.filter(({ size, root }) => {
    const before = roots.get(size);
    if (before === undefined) roots.set(size, root);
    return before !== undefined && before !== root;
  });
  return forked.map(({ size, from }) => ({ kind: "fork", what: `two trees of ${size} entries (${from})` }));
}

/** What was published is what was committed, and stays. */
async function judgeKept(witness: Witness): Promise<LogViolation[]> {
  const { rows } = await witness.query<{ size: number; root: string }>(
    "SELECT size::float8 AS size, encode(root, 'base64') AS root FROM audit_checkpoint",
  );
  const kept = new Map(rows.map(({ size, root }) => [size, root]));
  return witness.published
    .filter(({ size, root }) => kept.get(size) !== root)
    .map(({ size, from }) => ({ kind: "not_kept", what: `the checkpoint of ${size} entries (${from})` }));
}

const hashOf = (root: string): Hash => hashFromBase64(root) ?? "";

/** Each tree that was published goes on from the one before, as anybody can check who has both and the proof. */
async function judgeConsistency(published: readonly Published[]): Promise<LogViolation[]> {
  const bySize = [...new Map(published.map((one) => [one.size, one])).values()].sort((a, b) => a.size - b.size);
  const violations: LogViolation[] = [];
  for (const [nth, older] of bySize.slice(0, -1).entries()) {
    const newer = bySize[nth + 1] as Published;
    const trees = [older, newer].map(({ size, root }) => ({ size, root: hashOf(root) })) as [Tree, Tree];
    const proof = await proofOf(older.size, newer.size);
    if (!proof || !isConsistent(...trees, proof))
      violations.push({ kind: "inconsistent", what: `${older.size} to ${newer.size}` });
  }
  return violations;
}
type Tree = { size: number; root: Hash };

/** Null where the log itself says that it cannot prove it. */
async function proofOf(from: number, to: number): Promise<Hash[] | null> {
  try {
    return (await proveConsistency(systemCtx(), { from, to })).proof.map(hashOf);
  } catch (error) {
    if (error instanceof GatehouseError && error.code === "log_fault") return null;
    throw error;
  }
}

async function judgeWhole(witness: Witness): Promise<LogViolation[]> {
  const notes = [...(await witness.notes()).flat(), ...witness.published.map(({ note }) => note)];
  const { ok, firstBad, signed, entries } = await verifyAudit(systemCtx(), { notes });
  if (!ok) return [{ kind: "verify", what: `entry ${firstBad?.index}: ${firstBad?.fault}` }];
  return signed <= entries ? [] : [{ kind: "verify", what: `${signed} are signed, ${entries} were found` }];
}
