import pg from "pg";
import { readCandidates } from "@/lib/audit/retention/due";
import { listHolds, placeHold, releaseHold } from "@/lib/audit/retention/holds";
import { listPartitions } from "@/lib/audit/retention/list";
import { getRetention, RETENTION_JOB, setRetention } from "@/lib/audit/retention/policy";
import { retainRound } from "@/lib/audit/retention/retain";
import {
  listPartitionsSchema,
  placeHoldSchema,
  releaseHoldSchema,
  setRetentionSchema,
  type RetentionDto,
  type Wait,
} from "@/lib/audit/retention/schema";
import { pool } from "@/lib/db";
import { env } from "@/lib/env";
import { jobLock } from "@/lib/job-lock";
import { inputOf, type Command, type Outcome } from "../command";
import { CliError, EXIT } from "../failure";
import { pageFlags, pageOutcome } from "../listing";
import { numeric } from "../numeric";
import { table } from "../table";

const WAITS: Record<Wait, string> = {
  policy: "kept for ever: no policy",
  age: "not old enough",
  hold: "held",
  indexing: "its indexes are not done",
  signing: "not wholly signed",
  sink: "a sink has not got all of it",
  readers: "alerts have not read all of it",
};

const partitions: Command = {
  noun: "audit",
  verb: "partitions",
  summary: "List the partitions of the log, newest first: span, size, state, and where they were archived",
  flags: pageFlags,
  examples: ["gatehouse audit partitions", "gatehouse audit partitions --limit 200 --json"],
  run: (ctx, given) =>
    pageOutcome(
      given,
      (page) => listPartitions(ctx, inputOf(listPartitionsSchema, page)),
      ["PARTITION", "FROM", "TO", "STATE", "ENTRIES", "BYTES", "ARCHIVE, OR WHAT KEEPS IT"],
      (one) => [
        ...[one.name, one.from, one.to, one.state, one.entries, one.bytes],
        one.archive?.file ?? (one.waitsFor === null ? null : WAITS[one.waitsFor]),
      ],
    ),
};

const holds: Command = {
  noun: "audit",
  verb: "holds",
  summary: "List the legal holds on the log",
  flags: { all: { type: "boolean", help: "With those that were released" } },
  examples: ["gatehouse audit holds", "gatehouse audit holds --all --json"],
  run: async (ctx, given) => {
    const page = await listHolds(ctx, { released: given.on("all") });
    const rows = page.items.map((one) => [
      ...[one.id, one.from ?? "beginning", one.to ?? "no end", one.heldAt, one.releasedAt, one.reason],
    ]);
    return { json: page, text: table(["ID", "FROM", "TO", "HELD", "RELEASED", "REASON"], rows) };
  },
};

const hold: Command = {
  noun: "audit",
  verb: "hold",
  summary: "Hold a partition or a time of the log: nothing of it is dropped until that is released",
  flags: {
    partition: { type: "string", value: "<name>", help: "This partition's time" },
    from: {
      type: "string",
      value: "<time>",
      help: "Entries from then on, RFC 3339; from the beginning where left out",
    },
    to: { type: "string", value: "<time>", help: "Entries before then; without an end where left out" },
    reason: { type: "string", required: true, value: "<text>", help: "Why; it stands in the log" },
  },
  examples: ["gatehouse audit hold --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z --reason 'Case 4711'"],
  run: async (ctx, given) => {
    const [partition, from, to] = [given.text("partition"), given.text("from"), given.text("to")];
    const placed = await placeHold(
      ctx,
      inputOf(placeHoldSchema, { partition, from, to, reason: given.need("reason") }),
    );
    const files = placed.archived.map(({ file }) => file);
    const note = files.length === 0 ? undefined : `Archived before, and not held by this: ${files.join(", ")}.`;
    return { json: placed, text: placed.id, note };
  },
};

const release: Command = {
  noun: "audit",
  verb: "release",
  summary: "Release a legal hold",
  words: { usage: "<id>", min: 1, max: 1 },
  flags: { reason: { type: "string", required: true, value: "<text>", help: "Why; it stands in the log" } },
  examples: ["gatehouse audit release hld_01jd… --reason 'The case is closed'"],
  run: async (ctx, given) => {
    const released = await releaseHold(
      ctx,
      inputOf(releaseHoldSchema, { holdId: given.words[0], reason: given.need("reason") }),
    );
    return { json: released, text: released.id };
  },
};

const keptText = ({ days, hasFolder, fault }: RetentionDto): string =>
  [
    days === null ? "The log is kept for ever." : `The log is kept for ${days} days.`,
    days !== null && !hasFolder ? "GATEHOUSE_AUDIT_ARCHIVE is not set: nothing is archived, and nothing dropped." : "",
    fault === null ? "" : `The last round failed: ${fault}`,
  ]
    .filter(Boolean)
    .join(" ");

/** What is done, or would be. With a keeper that runs it is the keeper's to do. */
async function round(isDry: boolean): Promise<Outcome> {
  const candidates = await readCandidates(pool(), Date.now());
  const due = candidates.filter(({ waitsFor }) => waitsFor === null);
  const rows = candidates.map(({ name, span, waitsFor }) => [
    ...[name, span && span.to - span.from, waitsFor === null ? "due" : WAITS[waitsFor]],
  ]);
  const text = table(["PARTITION", "ENTRIES", "STATE"], rows);
  if (isDry) return { json: { due: due.map(({ name }) => name), candidates }, text, note: `${due.length} are due.` };
  const folder = env().GATEHOUSE_AUDIT_ARCHIVE;
  if (folder === undefined)
    throw new CliError(EXIT.failed, "no_archive", "GATEHOUSE_AUDIT_ARCHIVE is not set: say where archives go.");
  const client = new pg.Client({ connectionString: env().DATABASE_URL });
  await client.connect();
  try {
    if (!(await jobLock(client, RETENTION_JOB)))
      return { json: { due: due.map(({ name }) => name), left: "keeper" }, text, note: "A keeper runs, and does it within a minute." }; // prettier-ignore
    let done = 0;
    while ((await retainRound(client, { folder })) === "more") done += 1;
    return { json: { archived: done }, text: `${done} partitions were archived and taken out of the log.` };
  } finally {
    await client.end();
  }
}

const retain: Command = {
  noun: "audit",
  verb: "retain",
  summary: "Archive and drop what the policy no longer keeps, where no keeper runs that does",
  flags: { "dry-run": { type: "boolean", help: "Only say what is due, and what keeps the rest" } },
  examples: ["gatehouse audit retain --dry-run", "gatehouse audit retain"],
  run: (_ctx, given) => round(given.on("dry-run")),
};

const retention: Command = {
  noun: "audit",
  verb: "retention",
  summary: "Show or set how long the log is kept",
  flags: { days: { type: "string", value: "<days|forever>", help: "At least so many days, 30 or more" } },
  examples: ["gatehouse audit retention", "gatehouse audit retention --days 400"],
  run: async (ctx, given) => {
    const days = given.text("days");
    const kept =
      days === undefined
        ? await getRetention(ctx)
        : await setRetention(ctx, inputOf(setRetentionSchema, { days: days === "forever" ? null : numeric(days) }));
    return { json: kept, text: keptText(kept) };
  },
};

export const auditRetentionCommands: readonly Command[] = [partitions, holds, hold, release, retain, retention];
