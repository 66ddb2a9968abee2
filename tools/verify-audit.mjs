#!/usr/bin/env node
// Checks an export bundle of Gatehouse's audit log, or an archive of it (.ndjson.zst), offline. One file, no dependencies but Node 20: read it before you trust it.
//
//   node verify-audit.mjs BUNDLE [--key VERIFIER_KEY] [--anchor FILE_OR_FOLDER]
//
// --key     The log's key as you noted it earlier (`name+id+base64`). Without it the bundle's own keys are believed, which shows
//           that the bundle agrees with itself and with the anchor, not who made it.
// --anchor  What was remembered outside: a checkpoint, a file of them (as GATEHOUSE_AUDIT_ANCHOR appends), or a folder.
//
// What it checks: the checkpoint's signature (C2SP signed-note, Ed25519), the chain of keys from yours to the one that signed, and
// of every entry that the hash of its exact body is in the tree under the checkpoint's root (RFC 6962). Where the bundle says that
// it is complete, that no entry is missing. Against an anchor, that its checkpoint is one that this log went through, as far as
// the bundle can tell. What left the log for an archive is named, where a signed entry says so; the archive is a bundle of its own.
// Exit code: 0 all is well; 1 something is not, and the first bad index is named; 2 it could not be checked.
import { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import zlib from "node:zlib";

class Bad extends Error {}
/** @returns {never} */
const bad = (/** @type {string} */ sentence) => {
  throw new Bad(sentence);
};

const sha256 = (/** @type {Uint8Array[]} */ ...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafOf = (/** @type {string} */ body) => sha256(Buffer.of(0), Buffer.from(body, "utf8"));
const node = (/** @type {Buffer} */ left, /** @type {Buffer} */ right) => sha256(Buffer.of(1), left, right);
const unbase64 = (/** @type {string} */ text) => Buffer.from(text, "base64");

/** A signed note: its text, and its signatures. @param {string} note */
function parseNote(note) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0) return bad("The checkpoint is no signed note.");
  const signatures = note
    .slice(end + 2)
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, name, encoded] =
        /^\u2014 (\S+) (\S+)$/u.exec(line) ?? bad("A signature of the checkpoint cannot be read.");
      const bytes = unbase64(encoded ?? "");
      return { name, id: bytes.subarray(0, 4).toString("hex"), signature: bytes.subarray(4) };
    });
  return { text: note.slice(0, end + 1), signatures };
}

/** @param {string} note */
function parseCheckpoint(note) {
  const parsed = parseNote(note);
  const [origin = "", size = "", root = ""] = parsed.text.split("\n");
  if (!/^\d{1,16}$/.test(size) || unbase64(root).length !== 32) return bad("The checkpoint cannot be read.");
  return { ...parsed, origin, size: Number(size), root: unbase64(root) };
}

/** @param {string} text */
function parseKey(text) {
  const [, name = "", id = "", encoded = ""] =
    /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? bad(`This is no verifier key: ${text}`);
  const bytes = unbase64(encoded);
  const expected = sha256(Buffer.from(`${name}\n`), bytes)
    .subarray(0, 4)
    .toString("hex");
  if (bytes.length !== 33 || bytes[0] !== 1 || expected !== id)
    return bad(`This is no verifier key of the kind that is known: ${text}`);
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: bytes.subarray(1).toString("base64url") },
    format: "jwk",
  });
  return { name, id, key };
}

/** @param {ReturnType<typeof parseCheckpoint>} note @param {ReturnType<typeof parseKey>} key */
const isSignedBy = (note, key) =>
  note.origin === key.name &&
  note.signatures.some(
    ({ name, id, signature }) =>
      name === key.name && id === key.id && verify(null, Buffer.from(note.text), key.key, signature),
  );

/** The fewest complete subtrees that make up a span: their heights, from left to right. @param {number} from @param {number} to */
function heightsOf(from, to) {
  const heights = [];
  for (let at = from; at < to;) {
    let height = 0;
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= to) height += 1;
    heights.push(height);
    at += 2 ** height;
  }
  return heights;
}

/** The root from nodes that come from left to right. */
class Root {
  /** @type {{ height: number, hash: Buffer }[]} */
  stack = [];
  /** @param {Buffer} hash @param {number} height */
  add(hash, height) {
    let one = { height, hash };
    for (let left = this.stack.at(-1); left && left.height === one.height; left = this.stack.at(-1)) {
      this.stack.pop();
      one = { height: one.height + 1, hash: node(left.hash, one.hash) };
    }
    this.stack.push(one);
  }
  hash() {
    const [last, ...rest] = this.stack.map(({ hash }) => hash).reverse();
    return rest.reduce((right, left) => node(left, right), last ?? sha256());
  }
}

/** RFC 9162 §2.1.3.2. @param {number} index @param {number} size @param {Buffer} leaf @param {Buffer[]} proof */
function rootOfInclusion(index, size, leaf, proof) {
  let [at, last, root] = [index, size - 1, leaf];
  for (const hash of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      root = node(hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else root = node(root, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}

/** RFC 9162 §2.1.4.2. @param {{ size: number, root: Buffer }} older @param {{ size: number, root: Buffer }} newer @param {Buffer[]} proof */
function isConsistent(older, newer, proof) {
  if (older.size === newer.size) return older.root.equals(newer.root);
  if (older.size > newer.size || older.size === 0) return false;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  const [first, ...rest] = at === 0 ? [older.root, ...proof] : proof;
  if (!first) return false;
  let [a, b] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [a, b] = [node(hash, a), node(hash, b)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else b = node(b, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && a.equals(older.root) && b.equals(newer.root);
}

/** Everything that is checked of one bundle, line by line. */
class Verifier {
  /** @param {string | undefined} pinned */
  constructor(pinned) {
    this.pinned = pinned;
    this.entries = 0;
    this.next = 0;
    this.ended = false;
    /** @type {Map<number, Buffer>} Leaves of entries, and of their segments, that are proved: for anchors. */
    this.proved = new Map();
    /** @type {{ from: number, to: number, leaves: Buffer[] } | null} */
    this.segment = null;
  }

  /** @param {any} header */
  start(header) {
    if (header?.format !== "gatehouse-audit-bundle") bad("This is no export bundle of Gatehouse's audit log.");
    if (header.version !== 1) bad(`This form of bundle (${header.version}) is not known here.`);
    this.checkpoint = parseCheckpoint(header.checkpoint);
    this.selection = header.selection;
    this.next = this.selection.from;
    this.keys = header.keys.flatMap((/** @type {string} */ text) => {
      try {
        return [parseKey(text)];
      } catch {
        return []; // it can have signed nothing
      }
    });
    this.rotations = header.rotations.map((/** @type {any} */ { checkpoint, consistency }) => ({
      checkpoint: parseCheckpoint(checkpoint),
      consistency: consistency.map(unbase64),
    }));
    this.#checkKeys();
    this.archived = (header.archived ?? []).map((/** @type {any} */ span) => this.#goneBy(span));
    this.#skipArchived();
  }

  /** A part of the log that is in an archive: the entry that says so must be one that was signed. @param {any} span */
  #goneBy({ from, to, entry }) {
    const { size, root } = this.checkpoint;
    const proof = entry.proof.map(unbase64);
    const signed = entry.index < size && rootOfInclusion(entry.index, size, leafOf(entry.body), proof)?.equals(root);
    const { action, outcome, details } = JSON.parse(entry.body);
    const says =
      action === "audit.retain" && outcome === "success" && details.firstIndex === from && details.lastIndex === to - 1;
    if (!signed || !says) bad(`Entry ${from}: it is said to be in an archive, and no signed entry says so.`);
    return { from, to, file: details.file, sha256: details.sha256 };
  }

  #skipArchived() {
    if (!this.selection.complete) return;
    for (const { from, to } of this.archived) if (from <= this.next && this.next < to) this.next = to;
  }

  /** From the key that is believed to the one that signed: each step is a checkpoint that both signed, and that this log went through. */
  #checkKeys() {
    const { checkpoint, rotations } = this;
    let key = this.pinned ? parseKey(this.pinned) : this.keys[0];
    if (!key) bad("The bundle names no key.");
    for (const rotation of rotations) {
      if (isSignedBy(checkpoint, key)) break;
      const next = this.keys.find(
        (/** @type {any} */ one) => one.id !== key.id && isSignedBy(rotation.checkpoint, one),
      );
      if (!isSignedBy(rotation.checkpoint, key) || !next) continue;
      if (!isConsistent(rotation.checkpoint, checkpoint, rotation.consistency))
        bad(
          `The log did not go on from its checkpoint of ${rotation.checkpoint.size} entries, at which its key changed: the first bad index is below ${rotation.checkpoint.size}.`,
        );
      key = next;
    }
    if (!isSignedBy(checkpoint, key))
      bad(
        `The checkpoint of ${checkpoint.size} entries is not signed by ${this.pinned ? "the key that you gave, nor by one that it led to" : "a key that the bundle names"} (wrong key): nothing of it is proved, from index 0 on.`,
      );
  }

  /** @param {any} line */
  take(line) {
    if (this.ended) bad("Something stands after the bundle's end.");
    if (line.segment) return this.#openSegment(line);
    if (line.end) return this.#end(line);
    this.#entry(line);
  }

  /** @param {any} line */
  #openSegment({ segment: { from, to }, left, right, leaves }) {
    const { size, root } = this.checkpoint;
    const packed = unbase64(leaves);
    const all = Array.from({ length: packed.length / 32 }, (_, nth) => packed.subarray(nth * 32, nth * 32 + 32));
    const [before, after] = [heightsOf(0, from), heightsOf(to, size)];
    if (
      from >= to ||
      to > size ||
      all.length !== to - from ||
      left.length !== before.length ||
      right.length !== after.length
    )
      bad(`Entry ${from}: the proof of its part of the tree (${from} to ${to - 1}) cannot be one.`);
    const made = new Root();
    before.forEach((height, nth) => made.add(unbase64(left[nth]), height));
    for (const leaf of all) made.add(leaf, 0);
    after.forEach((height, nth) => made.add(unbase64(right[nth]), height));
    if (!made.hash().equals(root))
      bad(
        `Entry ${from}: its part of the tree (${from} to ${to - 1}) is not the one that was signed: a tile was changed, or the history was rewritten.`,
      );
    this.segment = { from, to, leaves: all };
    all.forEach((leaf, nth) => this.proved.size < 1e6 && this.proved.set(from + nth, leaf));
  }

  /** @param {any} line */
  #entry({ index, body, proof }) {
    const { from, to, complete } = this.selection;
    if (!Number.isSafeInteger(index) || typeof body !== "string") bad(`Entry ${this.next}: its line cannot be read.`);
    if (index < this.next) bad(`Entry ${index}: it stands twice, or out of its order.`);
    if (complete && index > this.next) bad(`Entry ${this.next}: it is missing.`);
    if (index < from || index >= to || index >= this.checkpoint.size)
      bad(`Entry ${index}: it does not belong into this bundle.`);
    const leaf = leafOf(body);
    if (proof) {
      const root = rootOfInclusion(index, this.checkpoint.size, leaf, proof.map(unbase64));
      if (!root?.equals(this.checkpoint.root)) bad(`Entry ${index}: it is not what was signed.`);
      if (this.proved.size < 1e6) this.proved.set(index, leaf);
    } else {
      const signed =
        this.segment && index >= this.segment.from && index < this.segment.to
          ? this.segment.leaves[index - this.segment.from]
          : null;
      if (!signed) bad(`Entry ${index}: it has no proof.`);
      if (!leaf.equals(signed)) bad(`Entry ${index}: it is not what was signed.`);
    }
    this.next = index + 1;
    this.entries += 1;
    this.#skipArchived();
  }

  /** @param {any} line */
  #end({ entries }) {
    const to = Math.min(this.selection.to, this.checkpoint.size);
    if (this.selection.complete && this.next < to) bad(`Entry ${this.next}: it is missing.`);
    if (entries !== this.entries)
      bad(
        `Entry ${this.next}: it is missing, or one before it: the bundle had ${entries} entries, and ${this.entries} are here.`,
      );
    this.ended = true;
  }

  finish() {
    if (!this.checkpoint) bad("The bundle is empty.");
    if (!this.ended) bad(`Entry ${this.next}: it is missing: the bundle was cut off here.`);
  }

  /** Compares with what was remembered outside. @param {string[]} notes @returns how many checkpoints could be compared */
  compare(notes) {
    const remembered = notes.map(parseCheckpoint).sort((a, b) => a.size - b.size);
    const { checkpoint } = this;
    let compared = 0;
    let good = 0;
    for (const older of remembered) {
      if (older.origin !== checkpoint.origin)
        bad(`The anchor remembers another log (${older.origin}): this one is ${checkpoint.origin}.`);
      if (!this.keys.some((/** @type {any} */ key) => isSignedBy(older, key)))
        bad(
          `The anchor's checkpoint of ${older.size} entries is not signed by a key of this bundle (wrong key, or a fork): from index 0 on nothing is certain.`,
        );
      if (older.size > checkpoint.size)
        bad(
          `Entry ${checkpoint.size}: it is missing: the anchor remembers ${older.size} entries, and the bundle's checkpoint has ${checkpoint.size} (the log was cut off, or an old checkpoint is shown).`,
        );
      const root = older.size === checkpoint.size ? checkpoint.root : this.#rootAt(older.size);
      if (!root) continue;
      if (!root.equals(older.root))
        bad(
          `Entry ${good}: it, or a later one below ${older.size}, is not what the anchor remembers: the history was rewritten (a fork).`,
        );
      good = older.size;
      compared += 1;
    }
    return { compared, of: remembered.length };
  }

  /** The root at a size, where the bundle has every leaf below it. @param {number} size */
  #rootAt(size) {
    const root = new Root();
    for (let index = 0; index < size; index++) {
      const leaf = this.proved.get(index);
      if (!leaf) return null;
      root.add(leaf, 0);
    }
    return root.hash();
  }
}

/** @param {string} place */
function notesAt(place) {
  const texts = statSync(place).isDirectory()
    ? readdirSync(place)
        .filter((name) => name.endsWith(".checkpoint"))
        .map((name) => readFileSync(join(place, name), "utf8"))
    : [readFileSync(place, "utf8")];
  return texts.flatMap((text) => {
    if (!text.startsWith("{")) return [text];
    return text.split("\n").flatMap((line) => {
      try {
        return [JSON.parse(line).note];
      } catch {
        return []; // an empty line, or one that was cut off
      }
    });
  });
}

/** @param {string[]} args */
function parseArgs(args) {
  const usage = "Usage: node verify-audit.mjs BUNDLE [--key VERIFIER_KEY] [--anchor FILE_OR_FOLDER]";
  const given = {
    file: "",
    key: /** @type {string | undefined} */ (undefined),
    anchor: /** @type {string | undefined} */ (undefined),
  };
  for (let nth = 0; nth < args.length; nth++) {
    const arg = args[nth] ?? "";
    if (arg === "--key") given.key = args[++nth];
    else if (arg === "--anchor") given.anchor = args[++nth];
    else if (given.file === "" && !arg.startsWith("--")) given.file = arg;
    else throw new Error(usage);
  }
  if (given.file === "") throw new Error(usage);
  return given;
}

/** The damage of a compressed file, apart from what the file system says. */
class Damaged extends Error {}

/** What stands in an archive, where this Node can read it. @param {string} file */
function decompressed(file) {
  const make = /** @type {any} */ (zlib).createZstdDecompress;
  if (!make)
    throw new Error(
      `This Node (${process.version}) cannot read zstd; 22.15 and newer can. Decompress the file first: zstd -d ${file}`,
    );
  async function* chunks() {
    const output = make.call(zlib);
    const input = createReadStream(file).on("error", (error) => output.destroy(error));
    try {
      yield* input.pipe(output);
    } catch (error) {
      throw /** @type {any} */ (error).syscall ? error : new Damaged();
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}

/** @param {Readable} input @param {Verifier} verifier */
async function readLines(input, verifier) {
  let started = false;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    if (text === "") continue;
    let line;
    try {
      line = JSON.parse(text);
    } catch {
      bad(`Entry ${verifier.next}: its line cannot be read.`);
    }
    if (started) verifier.take(line);
    else verifier.start(line);
    started = true;
  }
}

async function main() {
  const { file, key, anchor } = parseArgs(process.argv.slice(2));
  const verifier = new Verifier(key);
  const input = file.endsWith(".zst") ? decompressed(file) : createReadStream(file);
  try {
    await readLines(input, verifier);
  } catch (error) {
    if (error instanceof Damaged) bad(`Entry ${verifier.next}: the file is damaged there.`);
    throw error;
  }
  verifier.finish();
  const found = anchor ? verifier.compare(notesAt(anchor)) : null;
  const { checkpoint, selection, entries } = verifier;
  process.stdout.write(
    `${entries} entries${selection.complete ? `, all from ${selection.from} to ${Math.min(selection.to, checkpoint?.size ?? 0) - 1},` : ""} are as they were signed: ` +
      `${checkpoint?.origin}, ${checkpoint?.size} entries in all${key ? "" : " (the key was taken from the bundle)"}.` +
      `${verifier.archived.map(({ from, to, file }) => ` Entries ${from} to ${to - 1} are in the archive ${file}, as the log says itself.`).join("")}` +
      `${found ? ` ${found.compared} of ${found.of} checkpoints of the anchor were compared.` : ""}\n`,
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof Bad ? 1 : 2;
}
