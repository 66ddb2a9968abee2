import "server-only";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { jobCtx } from "@/lib/job-ctx";
import { log } from "@/lib/log";
import { archiveName, ArchiveFault, exists, writeArchive, type ArchivedSpan } from "../archive/write";
import { verifyBundleFile, type FileFindings } from "../bundle/file";
import { readLogKeys } from "../signer/keys";
import { detachPartition, dropDetached } from "./drop";
import { readCandidates, type Candidate } from "./due";
import { RETENTION_JOB } from "./policy";
import { recordArchive } from "./record";

/** What is done with a partition, in this order. Whoever dies after any of them loses nothing: what is done is found, and gone on from. */
export const RETENTION_STEPS = ["export", "verify", "record", "detach", "drop"] as const;
export type RetentionStep = (typeof RETENTION_STEPS)[number];

export type RetentionOptions = {
  /** Where archives go; without it nothing is done. */
  folder: string | undefined;
  /** Unix time, ms. */
  nowMs?: number;
  /** How long the record of an archive may take to be signed before the round is left, ms. */
  signedWithinMs?: number;
  /** How long a partition that is detached stays for searches that have begun, ms. */
  dropAfterMs?: number;
  /** Called when a step is done: tests end the process there. */
  after?: (step: RetentionStep, partition: string) => void | Promise<void>;
  signal?: AbortSignal;
};

const SIGNED_WITHIN_MS = 10_000;
const ASK_MS = 250;
const TRIES = 8;

/**
 * One round of retention: the oldest partition that is due is archived, its archive is read back and verified, that is recorded, the record is
 * signed, and only then the partition is taken out of the log; its table goes a while later. `more`: something was done.
 * Throws `ArchiveFault` where the folder is at fault.
 */
export async function retainRound(client: pg.ClientBase, options: RetentionOptions): Promise<"more" | "done"> {
  for (const name of await dropDetached(client, options.dropAfterMs)) {
    log.info({ partition: name }, "A partition of the audit log was dropped: its archive has it");
    await options.after?.("drop", name);
  }
  const { folder } = options;
  const due = (await readCandidates(client, options.nowMs ?? Date.now())).find(({ waitsFor }) => waitsFor === null);
  if (!due || folder === undefined) return "done";
  const entryId = due.span ? await archived(client, due, { ...due.span, name: due.name }, { ...options, folder }) : null;
  const outcome = await detachSigned(client, due.name, entryId, options);
  if (outcome !== "detached") return "done";
  log.info({ partition: due.name, ...due.span }, "A partition of the audit log was archived and taken out");
  await options.after?.("detach", due.name);
  return "more";
} // prettier-ignore

type Filed = RetentionOptions & { folder: string };

/** Sees to it that the partition is in an archive that is as it was recorded; returns the id of the entry that says so. */
async function archived(client: pg.ClientBase, due: Candidate, span: ArchivedSpan, options: Filed): Promise<string> {
  const { folder, after } = options;
  if (due.archive) {
    const known = join(folder, due.archive.file);
    if (await exists(known)) {
      const { sha256 } = await verified(client, span, known);
      if (sha256 === due.archive.sha256) return due.archive.entryId;
      throw new ArchiveFault(`The archive ${known} is not the one that was recorded. Nothing is dropped; move it away to have it made anew.`);
    }
    log.warn({ file: known }, "An archive of the audit log is gone before its partition was dropped: it is made anew");
  }
  const file = join(folder, await archiveName(client, span));
  if (!(await exists(file))) {
    await writeArchive(client, span, file);
    await after?.("export", span.name);
  }
  const found = await verified(client, span, file);
  await after?.("verify", span.name);
  const { entryId } = await recordArchive(jobCtx(RETENTION_JOB), {
    partition: span.name,
    file: basename(file),
    ...{ sha256: found.sha256, bytes: found.bytes },
    ...{ firstIndex: span.from, lastIndex: span.to - 1, entries: found.entries, treeSize: found.size },
  });
  await after?.("record", span.name);
  return entryId;
} // prettier-ignore

/** Reads an archive back from the disk: every entry of the partition must be in it as it was signed, by this log's own first key. */
async function verified(client: pg.ClientBase, { from, to }: ArchivedSpan, file: string): Promise<FileFindings> {
  const [key] = await readLogKeys(client);
  let found: FileFindings;
  try {
    found = await verifyBundleFile(file, key);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ArchiveFault(`The archive ${file} does not verify: ${why}. Nothing is dropped; move it away to have it made anew.`, { cause: error });
  }
  if (!found.complete || found.from !== from || found.to !== to || found.entries !== to - from)
    throw new ArchiveFault(`The archive ${file} has other entries than its name says. Nothing is dropped; move it away to have it made anew.`);
  return found;
} // prettier-ignore

/** Waits a moment for the record to be signed, and for a moment in which the log's table is free. */
async function detachSigned(client: pg.ClientBase, name: string, entryId: string | null, options: RetentionOptions) {
  const untilMs = Date.now() + (options.signedWithinMs ?? SIGNED_WITHIN_MS);
  for (let tries = 1; ; tries++) {
    const outcome = await detachPartition(client, name, entryId);
    const again = outcome === "unsigned" ? Date.now() < untilMs : outcome === "busy" && tries < TRIES;
    if (!again || options.signal?.aborted) return outcome;
    await sleep(ASK_MS);
  }
}
