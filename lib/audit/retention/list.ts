import "server-only";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { pool } from "@/lib/db";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { readCandidates } from "./due";
import { overlapsHold } from "./overlap";
import { READ_RETENTION } from "./policy";
import type { ListPartitionsInput, PartitionDto } from "./schema";

const positionSchema = z.tuple([z.string()]);
const SCOPE = "audit-partitions";

type Row = {
  name: string;
  fromAt: Date | null;
  toAt: Date;
  state: "hot" | "closed" | "detached";
  first: number | null;
  last: number | null;
  bytes: number | null;
  holds: string[];
  file: string | null;
  sha256: string | null;
  archiveBytes: number | null;
  archivedAt: Date | null;
  entryId: string | null;
};

/** The partitions of the log, newest first: those made ahead, the one that is written, closed ones and those in archives. */
export const listPartitions = defineRead(
  READ_RETENTION,
  async ({ ctx }, { limit, cursor }: ListPartitionsInput): Promise<Page<PartitionDto>> => {
    const before = cursor ? decodeCursor(SCOPE, cursor, positionSchema)[0] : null;
    const { rows } = await pool().query<Row>(
      `SELECT p.name, p.from_at AS "fromAt", p.to_at AS "toAt", p.state, p.first_idx::float8 AS first, p.last_idx::float8 AS last,
         pg_total_relation_size(to_regclass(p.name))::float8 AS bytes, p.archive_file AS file, p.archive_sha256 AS sha256,
         p.archive_bytes::float8 AS "archiveBytes", p.archived_at AS "archivedAt", p.retain_id AS "entryId",
         ARRAY(SELECT h.id FROM audit_hold h WHERE h.released_at IS NULL AND ${overlapsHold("p", "h")} ORDER BY h.held_at) AS holds
       FROM audit_partition p WHERE $1::timestamptz IS NULL OR p.to_at < $1 ORDER BY p.to_at DESC LIMIT $2`,
      [before, limit + 1],
    );
    const nowMs = ctx.nowSeconds() * 1000;
    const waits = new Map((await readCandidates(pool(), nowMs)).map(({ name, waitsFor }) => [name, waitsFor]));
    const items = rows.slice(0, limit).map((row) => toDto(row, waits.get(row.name) ?? null, nowMs));
    const last = rows.length > limit ? items.at(-1)?.to : undefined;
    return { items, nextCursor: last === undefined ? null : encodeCursor(SCOPE, [last]) };
  },
);

function toDto(row: Row, waitsFor: PartitionDto["waitsFor"], nowMs: number): PartitionDto {
  const { file, sha256, archiveBytes, archivedAt, entryId, first, last } = row;
  return {
    name: row.name,
    from: row.fromAt?.toISOString() ?? null,
    to: row.toAt.toISOString(),
    state: stateOf(row, nowMs),
    firstIndex: first,
    lastIndex: last,
    entries: row.state === "hot" ? null : first === null || last === null ? 0 : last - first + 1,
    bytes: row.state === "detached" ? null : row.bytes,
    holds: row.state === "detached" ? [] : row.holds,
    waitsFor,
    archive:
      file && sha256 && archivedAt && entryId
        ? { file, sha256, bytes: archiveBytes ?? 0, at: archivedAt.toISOString(), entryId }
        : null,
  };
}

function stateOf({ state, fromAt, holds }: Row, nowMs: number): PartitionDto["state"] {
  if (state === "detached") return "archived";
  if (state === "closed") return holds.length > 0 ? "held" : "closed";
  return (fromAt?.getTime() ?? 0) > nowMs ? "ahead" : "hot";
}
