import "server-only";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type pg from "pg";
import { bundleLines, type BundledEntry } from "../bundle/make";
import { quoted } from "../storage/partitions";
import { newestCheckpoint } from "../tree/store";
import { parseCheckpoint } from "../tree/checkpoint";
import { compressed } from "./zstd";

/** The entries of one partition: all from `from` until before `to`. */
export type ArchivedSpan = { name: string; from: number; to: number };

const BATCH = 2048;
const INDEX_DIGITS = 12;
const digits = (index: number) => String(index).padStart(INDEX_DIGITS, "0");

/** The name of an archive: of which log (the end of its origin), and which entries it has. */
export async function archiveName(client: pg.ClientBase, { from, to }: ArchivedSpan): Promise<string> {
  const newest = await newestCheckpoint(client);
  const log = newest && parseCheckpoint(newest.note)?.origin.split("/").at(-1);
  return `audit-${(log ?? "").replace(/[^\w-]/g, "")}-${digits(from)}-${digits(to - 1)}.ndjson.zst`;
}

/** The folder cannot be written to, or is full: nothing was dropped. */
export class ArchiveFault extends Error {
  override readonly name = "ArchiveFault";
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw unwritable(file, error);
  }
}

const unwritable = (file: string, error: unknown): unknown => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) return error;
  const why = code === "ENOSPC" ? "the disk is full" : code === "EACCES" || code === "EROFS" ? "the folder cannot be written to" : message; // prettier-ignore
  return new ArchiveFault(`The archive ${file} was not written: ${why} (${code}). Nothing is dropped until it is.`, {
    cause: error,
  });
};

/**
 * Writes a partition as a bundle with proofs, under a name of its own first: the file has its name only when all of it is on the disk.
 * Throws `ArchiveFault`.
 */
export async function writeArchive(client: pg.ClientBase, span: ArchivedSpan, file: string): Promise<void> {
  const checkpoint = await newestCheckpoint(client);
  if (!checkpoint || checkpoint.size < span.to) throw new Error("the partition is not signed yet");
  const selection = { from: span.from, to: span.to, complete: true };
  const chunks = compressed(bundleLines(client, checkpoint, selection, entriesOfPartition(client, span)));
  const partial = `${file}.partial`;
  try {
    await rm(partial, { force: true }); // what an earlier try left
    await writeWhole(partial, chunks);
    await rename(partial, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw unwritable(file, error);
  }
}

/** Readable by its owner alone: a log names people. */
async function writeWhole(file: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    for await (const chunk of chunks) await handle.appendFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(join(folder), "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Row = { idx: string; recorded: string; body: string };

/** With the moment of recording, the one thing of an entry that its body does not say. */
async function* entriesOfPartition(client: pg.ClientBase, span: ArchivedSpan): AsyncGenerator<BundledEntry[]> {
  for (let at = span.from; at < span.to; at += BATCH) {
    const { rows } = await client.query<Row>(
      `SELECT idx, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded, body
       FROM ${quoted(span.name)} WHERE idx >= $1 AND idx < $2 ORDER BY idx`,
      [at, Math.min(span.to, at + BATCH)],
    );
    yield rows.map(({ idx, recorded, body }) => ({ index: Number(idx), recordedAt: recorded, body }));
  }
}
