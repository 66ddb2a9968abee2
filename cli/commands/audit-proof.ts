import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { notesOfFile } from "@/lib/audit/anchor/anchor";
import { verifyBundleFile } from "@/lib/audit/bundle/file";
import { NoBundle } from "@/lib/audit/bundle/verify";
import { LogFault } from "@/lib/audit/proof/fault";
import type { LeafSpan } from "@/lib/audit/proof/leaves";
import { rotateAuditKey } from "@/lib/audit/signer/rotate";
import { parseVerifierKey } from "@/lib/audit/tree/note";
import { verifyAudit } from "@/lib/audit/verify";
import { env } from "@/lib/env";
import { Checkers, isWorthThreads } from "@/server/audit-checker/checkers";
import type { Command, Given, Outcome } from "../command";
import { CliError, EXIT, usageError } from "../failure";

const SUFFIX = ".checkpoint";
const unreadable = (why: string) => new CliError(EXIT.failed, "cannot_read", why);

function indexOf(given: Given, flag: string): number | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw usageError(`--${flag} must be an index.`);
  return Number(text);
}

/** What was remembered outside: a file of lines, one checkpoint, or a folder of them. */
async function notesAt(place: string): Promise<string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return notesOfFile(await readFile(place, "utf8"));
    const names = (await readdir(place)).filter((name) => name.endsWith(SUFFIX));
    return await Promise.all(names.map((name) => readFile(join(place, name), "utf8")));
  } catch (error) {
    throw unreadable(`${place} cannot be read: ${(error as Error).message}.`);
  }
}

/** What is not here, because it went to archives. */
const archivedText = (spans: readonly { from: number; to: number; file?: string }[]): string =>
  spans
    .map(
      ({ from, to, file }) => ` Entries ${from} to ${to - 1} are in ${file ?? "an archive"}, as the log says itself.`,
    )
    .join("");

const badEntry = (index: number, fault: string): string => `Entry ${index} is not as it was recorded: ${fault}.`;

async function verifyFile(file: string, given: Given): Promise<Outcome> {
  const text = given.text("key");
  const key = text === undefined ? undefined : parseVerifierKey(text);
  if (key === null) throw usageError("--key must be a verifier key: name+id+base64.");
  try {
    const found = await verifyBundleFile(file, key);
    return {
      json: { ok: true, ...found, firstBad: null },
      text: `${found.entries} entries, all as they were signed (${found.origin}, ${found.size} entries in all).${archivedText(found.archived)}`,
    };
  } catch (error) {
    if (error instanceof NoBundle) throw unreadable(`${file}: ${error.message}.`);
    if (!(error instanceof LogFault)) throw unreadable(`${file} cannot be read: ${(error as Error).message}.`);
    const { index, fault } = error;
    return { json: { ok: false, firstBad: { index, fault } }, text: badEntry(index, fault), bad: true };
  }
}

/** Beside the bundled command line; a test that runs it from its sources has none, and looks at the entries itself. */
const CHECKER = new URL("./audit-checker.mjs", import.meta.url);

function looker(snapshot: string, spans: readonly LeafSpan[]): Checkers | null {
  const url = env().DATABASE_URL;
  if (!url || !isWorthThreads(spans) || !existsSync(CHECKER)) return null;
  return new Checkers(CHECKER, { url, snapshot }, spans);
}

const verify: Command = {
  noun: "audit",
  verb: "verify",
  summary: "Prove the log, or an export bundle, against what was signed and what is remembered outside",
  flags: {
    from: { type: "string", value: "<index>", help: "From this entry on" },
    to: { type: "string", value: "<index>", help: "Until before this one" },
    anchor: { type: "string", value: "<file|folder>", help: "Checkpoints that were remembered outside the database" },
    file: { type: "string", value: "<file>", help: "A bundle or an archive (.ndjson.zst) in place of the database" },
    key: { type: "string", value: "<key>", help: "The log's key, for a bundle: its own is believed where left out" },
  },
  examples: [
    "gatehouse audit verify --anchor /var/log/gatehouse/checkpoints",
    "gatehouse audit verify --from 1000 --to 2000 --json",
    "gatehouse audit verify --file audit.bundle.ndjson",
  ],
  run: async (ctx, given) => {
    const file = given.text("file");
    if (file !== undefined) return verifyFile(file, given);
    const anchor = given.text("anchor");
    const notes = anchor === undefined ? [] : await notesAt(anchor);
    const found = await verifyAudit(ctx, { from: indexOf(given, "from"), to: indexOf(given, "to"), notes, looker });
    const text = found.firstBad
      ? badEntry(found.firstBad.index, found.firstBad.fault)
      : `${found.entries} entries, all as they were recorded; ${found.signed} are signed, ${found.compared} anchored checkpoints agree.${archivedText(found.archived)}`;
    return { json: found, text, bad: !found.ok };
  },
};

const rotateKey: Command = {
  noun: "audit",
  verb: "rotate-key",
  summary: "Have the log signed with a new key from now on; the log itself names both",
  flags: {},
  examples: ["gatehouse audit rotate-key"],
  run: async (ctx) => {
    const announced = await rotateAuditKey(ctx);
    const note = "It signs, with its predecessor, the next checkpoint. Give it to whoever verifies exports.";
    return { json: announced, text: announced.verifierKey, note };
  },
};

export const auditProofCommands: readonly Command[] = [verify, rotateKey];
