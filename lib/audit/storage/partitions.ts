import "server-only";
import type pg from "pg";

/** The catalogue's row of a partition. Indices are null until it is closed, and where it holds nothing. */
export type Partition = {
  name: string;
  /** Null for the first, which has no beginning. */
  fromAt: Date | null;
  toAt: Date;
  state: "hot" | "closed" | "detached";
  firstIdx: number | null;
  lastIdx: number | null;
  /** When it was made over for reading alone; null before. */
  indexedAt: Date | null;
};

/** The table that takes what no partition was made for. */
export const DEFAULT_PARTITION = "audit_entry_default";

const NAME = /^audit_entry_[a-z0-9_]{1,40}$/;

/** A partition's name as it stands in SQL. It comes from the catalogue, which somebody might have written to. */
export function quoted(name: string): string {
  if (!NAME.test(name)) throw new Error("the name of a partition is none that was given");
  return `"${name}"`;
}

/** A row of `PARTITIONS`, as the driver reads it, or as it stands in JSON. */
export type PartitionRow = { [Key in keyof Partition]: string | Partition[Key] };

/** Reads the catalogue, oldest first. */
export const PARTITIONS = `SELECT name, from_at AS "fromAt", to_at AS "toAt", state, first_idx AS "firstIdx", last_idx AS "lastIdx",
  indexed_at AS "indexedAt" FROM audit_partition ORDER BY to_at`;

/** What a row says. */
export const partitionOf = (row: PartitionRow): Partition => ({
  name: row.name,
  fromAt: dateOf(row.fromAt),
  toAt: new Date(row.toAt),
  state: row.state as Partition["state"],
  firstIdx: numberOf(row.firstIdx),
  lastIdx: numberOf(row.lastIdx),
  indexedAt: dateOf(row.indexedAt),
});

/** The partitions that are there or were, oldest first. */
export async function readPartitions(client: pg.Pool | pg.ClientBase): Promise<Partition[]> {
  return (await client.query<PartitionRow>(PARTITIONS)).rows.map(partitionOf);
}

const numberOf = (value: string | number | null) => (value === null ? null : Number(value));
const dateOf = (value: string | Date | null) => (value === null ? null : new Date(value));
