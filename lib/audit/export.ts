import "server-only";
import { nowDate } from "@/lib/ctx";
import { pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { defineVerb } from "@/lib/verb";
import { bundleLines, type BundledEntry } from "./bundle/make";
import { csvLine } from "./csv";
import { ENTRY_COLUMNS, toEntryDto, type EntryRow } from "./dto";
import { compileFilter } from "./filter";
import { momentOf } from "./moment";
import { personalOf, readPersonal, type Opened } from "./personal/read";
import { personalField } from "./personal/ref";
import { runBounded } from "./query";
import { askedOf, askedPersonal } from "./search";
import type { ExportAuditInput } from "./schema";
import { newestCheckpoint } from "./tree/store";

/** An export under way: `chunks` must be read to its end, once; it holds at most one batch of entries in memory. */
export type AuditExport = { filename: string; contentType: string; chunks: AsyncIterable<string> };

const BATCH = 1000;
const BATCH_TIMEOUT_MS = 60_000;
const { sql } = Prisma;

const HEADINGS = [
  "index", "id", "occurred_at", "recorded_at", "action", "outcome", "reason", "actor_kind", "actor_id", "actor_name",
  "person_id", "person_name", "agent_id", "agent_name", "server_id", "server_name", "server_ids", "token_id", "token_name", "tool",
  "target_kind", "target_id", "target_name", "ip", "request_id", "leaf", "body",
]; // prettier-ignore

function toCsv(row: EntryRow, known: Opened): string {
  const entry = toEntryDto(row, known);
  const { actor, person, agent, server, servers, credential, target } = entry;
  return csvLine([
    entry.index, entry.id, entry.occurredAt, entry.recordedAt, entry.action, entry.outcome, entry.reason,
    actor.kind, actor.id, actor.name, person?.id ?? null, person?.name ?? null, agent?.id ?? null, agent?.name ?? null,
    server?.id ?? null, server?.name ?? null, servers.map(({ id }) => id).join(" "), credential?.id ?? null, credential?.name ?? null, entry.tool,
    target?.kind ?? null, target?.id ?? null, target?.name ?? null, entry.ip, entry.requestId, entry.leaf, row.body,
  ]); // prettier-ignore
}

/** The body stands as it was hashed, byte for byte: `leaf` is SHA-256(0x00 ‖ body). What it says of people stands beside it. */
function toNdjson(row: EntryRow, known: Opened): string {
  const personal = personalField(personalOf(row.body, known));
  return `{"index":${row.idx},"recordedAt":"${row.recorded}","leaf":"${row.leaf.toString("hex")}",${personal}"body":${row.body}}\n`;
}

async function* read(where: Prisma.Sql, below: bigint): AsyncGenerator<EntryRow[]> {
  let after = "-1";
  for (;;) {
    const rows: EntryRow[] = await runBounded<EntryRow>(
      sql`SELECT ${ENTRY_COLUMNS} FROM audit_entry WHERE ${where} AND idx > ${after}::bigint AND idx < ${String(below)}::bigint
          ORDER BY idx LIMIT ${BATCH}::int`,
      BATCH_TIMEOUT_MS,
    );
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) return;
    after = rows.at(-1)?.idx ?? after;
  }
}

async function* lines(batches: AsyncIterable<EntryRow[]>, format: "csv" | "ndjson"): AsyncGenerator<string> {
  if (format === "csv") yield csvLine(HEADINGS);
  const toLine = format === "csv" ? toCsv : toNdjson;
  for await (const rows of batches) {
    const known = await readPersonal(rows.map(({ body }) => body));
    yield rows.map((row) => toLine(row, known)).join("");
  }
}

async function* bundled(batches: AsyncIterable<EntryRow[]>): AsyncGenerator<BundledEntry[]> {
  for await (const rows of batches) yield rows.map(({ idx, body }) => ({ index: Number(idx), body }));
}

/** With proofs against the newest checkpoint: what is not signed yet is not in it. */
async function bundle(where: Prisma.Sql, below: bigint, filter: Record<string, unknown>) {
  const checkpoint = await newestCheckpoint(pool());
  if (!checkpoint) throw new GatehouseError("checkpoint_not_found");
  const to = Math.min(Number(below), checkpoint.size);
  const selection = { from: 0, to, complete: Object.keys(filter).length === 0, filter };
  return bundleLines(pool(), checkpoint, selection, bundled(read(where, BigInt(to))));
}

/**
 * Exports everything that matches, oldest first, up to the size that the log had at the start; the export's own entry
 * says by which filter, how far, and in which form. Errors: `validation_failed`, and, while it is read,
 * `search_too_broad`. As a bundle, `checkpoint_not_found` while nothing is signed.
 */
export const exportAudit = defineVerb(
  { action: "audit.export", permission: "audit.export" },
  async ({ ctx, tx, record }, input: ExportAuditInput): Promise<AuditExport> => {
    const where = await compileFilter(tx, input, (await momentOf(ctx, input)) / 1000);
    const head = await tx.auditHead.findUniqueOrThrow({ where: { id: 1 } });
    const below = input.below === undefined ? head.next : BigInt(Math.min(input.below, Number(head.next)));
    record({
      action: "audit.export",
      outcome: "success",
      target: { kind: "audit", id: "audit" },
      details: { format: input.format, belowIndex: Number(below), filter: askedPersonal(askedOf(input)) },
    });
    const filter = askedOf(input);
    const stamp = nowDate(ctx).toISOString().replace(/[-:]/g, "").slice(0, 15);
    return {
      filename: `gatehouse-audit-${stamp}.${input.format === "bundle" ? "bundle.ndjson" : input.format}`,
      contentType: input.format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8",
      chunks: input.format === "bundle" ? await bundle(where, below, filter) : lines(read(where, below), input.format),
    };
  },
);
