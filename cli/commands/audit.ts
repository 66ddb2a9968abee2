import { createWriteStream } from "node:fs";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { exportAudit } from "@/lib/audit/export";
import { exportAuditSchema, searchAuditSchema, type ArchivedTimeDto, type SearchPageDto } from "@/lib/audit/schema";
import { searchAuditPatiently } from "@/lib/audit/search";
import { inputOf, type Command, type Flags, type Given } from "../command";
import { CliError, EXIT } from "../failure";
import { auditProofCommands } from "./audit-proof";
import { auditRetentionCommands } from "./audit-retention";
import { pageFlags, pageOutcome } from "../listing";
import { pointing } from "../query-faults";
import { saved } from "./audit-saved";

const filterFlags = {
  from: { type: "string", value: "<time>", help: "Not before, RFC 3339" },
  to: { type: "string", value: "<time>", help: "Before, RFC 3339" },
  action: { type: "string", multiple: true, value: "<action,…>", help: "Such as token.mint, or token.*" },
  outcome: { type: "string", multiple: true, value: "<outcome,…>", help: "allow, deny, success, failure, denied" },
  reason: { type: "string", multiple: true, value: "<reason,…>", help: "Such as insufficient_scope" },
  actor: { type: "string", value: "<id|name>", help: "Who did it" },
  person: { type: "string", value: "<id|name>", help: "The person it is about" },
  agent: { type: "string", value: "<id|name>", help: "The agent it is about" },
  server: { type: "string", value: "<id|name>", help: "The server it is about" },
  token: { type: "string", value: "<id|name>", help: "The token it is about" },
  tool: { type: "string", value: "<name>", help: "The tool that was called" },
  target: { type: "string", value: "<id>", help: "The thing that was changed" },
  ip: { type: "string", value: "<address>", help: "Where it came from" },
  "request-id": { type: "string", value: "<id>", help: "The request that it was part of" },
} as const satisfies Flags;

const TEXTS = ["from", "to", "actor", "person", "agent", "server", "token", "tool", "target", "ip"] as const;

const filterOf = (given: Given) => ({
  q: given.words[0],
  ...Object.fromEntries(TEXTS.map((flag) => [flag, given.text(flag)])),
  ...{ action: given.list("action"), outcome: given.list("outcome"), reason: given.list("reason") },
  requestId: given.text("request-id"),
});

const archivedNote = ({ from, to, entries }: ArchivedTimeDto): string =>
  `${entries} entries ${from === null ? "" : `from ${from} on, `}before ${to} are in archives, and were not searched.`;

const search: Command = {
  noun: "audit",
  verb: "search",
  summary: "Search the audit log, newest first",
  words: { usage: "[<query>]", min: 0, max: 1 },
  flags: { ...filterFlags, ...pageFlags },
  examples: [
    "gatehouse audit search 'outcome:deny reason:insufficient_scope -agent:backfill created:-24h'",
    "gatehouse audit search tickets --action 'token.*' --from 2026-11-01T00:00:00Z --json",
  ],
  run: async (ctx, given) => {
    let archived: SearchPageDto["archived"];
    const read = async (page: object) => {
      const found = await pointing(given.words[0], () =>
        searchAuditPatiently(ctx, inputOf(searchAuditSchema, { ...filterOf(given), ...page })),
      );
      archived = found.archived;
      return found;
    };
    const outcome = await pageOutcome(
      given,
      read,
      ["INDEX", "WHEN", "ACTION", "OUTCOME", "REASON", "ACTOR", "ABOUT"],
      (entry) => [
        ...[entry.index, entry.occurredAt, entry.action, entry.outcome, entry.reason],
        ...[
          entry.actor.name ?? entry.actor.id ?? entry.actor.kind,
          entry.target?.name ?? entry.tool ?? entry.target?.id ?? null,
        ],
      ],
    );
    return archived ? { ...outcome, note: archivedNote(archived) } : outcome;
  },
};

const exportAll: Command = {
  noun: "audit",
  verb: "export",
  summary: "Write every entry that matches, oldest first, to a file or to standard output",
  words: { usage: "[<query>]", min: 0, max: 1 },
  flags: {
    format: {
      type: "string",
      value: "ndjson|csv|bundle",
      help: "ndjson where left out; a bundle has proofs, and verifies offline",
    },
    out: { type: "string", value: "<file>", help: "A new file; standard output where left out" },
    ...filterFlags,
  },
  examples: [
    "gatehouse audit export --out audit.ndjson",
    "gatehouse audit export --format csv --action 'token.*' > tokens.csv",
  ],
  run: async (ctx, given) => {
    const input = inputOf(exportAuditSchema, { ...filterOf(given), format: given.text("format") ?? "ndjson" });
    const file = given.text("out");
    const { chunks } = await pointing(given.words[0], () => exportAudit(ctx, input));
    if (file === undefined) {
      await pour(chunks, process.stdout);
      return null;
    }
    const bytes = await toNewFile(chunks, file);
    return { json: { file, bytes }, text: file, note: `${bytes} bytes written.` };
  },
};

/** Writes chunks as fast as the reader takes them. */
async function pour(chunks: AsyncIterable<string>, to: Writable): Promise<void> {
  for await (const chunk of chunks) {
    if (!to.write(chunk)) await once(to, "drain");
  }
}

async function toNewFile(chunks: AsyncIterable<string>, file: string): Promise<number> {
  // Readable by its owner alone: a log names people. Never over a file that is there.
  const stream = createWriteStream(file, { flags: "wx", mode: 0o600 });
  try {
    await once(stream, "open");
  } catch (error) {
    throw new CliError(EXIT.failed, "cannot_write", `${file} cannot be written: ${(error as Error).message}.`);
  }
  await pour(chunks, stream);
  stream.end();
  await finished(stream);
  return stream.bytesWritten;
}

export const auditCommands: readonly Command[] = [
  search,
  saved,
  exportAll,
  ...auditProofCommands,
  ...auditRetentionCommands,
];
