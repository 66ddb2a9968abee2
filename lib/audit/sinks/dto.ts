import "server-only";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { SinkDto } from "./schema";

type Row = {
  id: string;
  name: string;
  kind: SinkDto["kind"];
  format: SinkDto["format"];
  query: string | null;
  settings: Record<string, unknown>;
  hasSecret: boolean;
  status: SinkDto["status"];
  cursor: bigint;
  head: bigint;
  waited: number | null;
  shipped: bigint;
  missed: bigint;
  leftOut: bigint;
  shippedAt: Date | null;
  failures: number;
  lastError: string | null;
  lastErrorAt: Date | null;
  nextTryAt: Date | null;
  letters: bigint;
  createdAt: Date;
};

const SELECT = Prisma.sql`
  SELECT s.id, s.name, s.kind, s.format, s.query, s.settings, s.sealed_secret IS NOT NULL AS "hasSecret", s.status, s.cursor, h.next AS head,
    (SELECT extract(epoch FROM clock_timestamp() - e.recorded_at)::float8 FROM audit_entry e WHERE e.idx >= s.cursor ORDER BY e.idx LIMIT 1) AS waited,
    s.shipped, s.missed, s.left_out AS "leftOut", s.shipped_at AS "shippedAt", s.failures, s.last_error AS "lastError", s.last_error_at AS "lastErrorAt",
    s.next_try_at AS "nextTryAt", (SELECT count(*) FROM audit_dead_letter d WHERE d.sink_id = s.id) AS letters, s.created_at AS "createdAt"
  FROM audit_sink s, audit_head h`;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** The whole row is needed, so the lag counts what is committed now. */
function toDto({ head, waited, letters, ...row }: Row): SinkDto {
  const cursor = Number(row.cursor);
  const lagEntries = Math.max(0, Number(head) - cursor);
  return {
    ...row,
    cursor,
    lagEntries,
    lagSeconds: lagEntries === 0 ? 0 : Math.max(0, waited ?? 0),
    shipped: Number(row.shipped),
    missed: Number(row.missed),
    leftOut: Number(row.leftOut),
    shippedAt: iso(row.shippedAt),
    lastErrorAt: iso(row.lastErrorAt),
    nextTryAt: iso(row.nextTryAt),
    deadLetters: Number(letters),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Every sink, by name, with its lag at this moment. */
export async function readSinks(db: Tx): Promise<SinkDto[]> {
  return (await db.$queryRaw<Row[]>(Prisma.sql`${SELECT} ORDER BY s.name`)).map(toDto);
}

/** One sink. Throws `sink_not_found`. */
export async function readSink(db: Tx, sinkId: string): Promise<SinkDto> {
  const [row] = await db.$queryRaw<Row[]>(Prisma.sql`${SELECT} WHERE s.id = ${sinkId}`);
  if (!row) throw new GatehouseError("sink_not_found");
  return toDto(row);
}
