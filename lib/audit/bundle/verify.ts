import "server-only";
import { z } from "zod";
import { saysArchived } from "../archive/spans";
import { LogFault } from "../proof/fault";
import { parseCheckpoint, type Checkpoint } from "../tree/checkpoint";
import { hashFromBase64, leafHashOf, unpackHashes, type Hash } from "../tree/hash";
import { isSignedBy, parseVerifierKey, type SignedNote, type VerifierKey } from "../tree/note";
import { isConsistent, rootOfInclusion, rootOfSpan } from "../tree/proof";
import { BUNDLE_FORMAT, BUNDLE_VERSION } from "./make";

const hashSchema = z.string().transform((text, context): Hash => {
  const hash = hashFromBase64(text);
  if (hash === null) context.addIssue({ code: "custom", message: "is no hash" });
  return hash ?? "";
});
const indexSchema = z.number().int().nonnegative();
const headerSchema = z.object({
  format: z.literal(BUNDLE_FORMAT),
  version: z.literal(BUNDLE_VERSION),
  checkpoint: z.string(),
  keys: z.array(z.string()).min(1),
  rotations: z.array(z.object({ checkpoint: z.string(), consistency: z.array(hashSchema) })),
  selection: z.object({ from: indexSchema, to: indexSchema, complete: z.boolean() }),
  archived: z.array(z.unknown()).default([]),
});
const archivedSchema = z.object({
  from: indexSchema,
  to: indexSchema,
  entry: z.object({ index: indexSchema, body: z.string(), proof: z.array(hashSchema) }),
});
const segmentSchema = z.object({
  segment: z.object({ from: indexSchema, to: indexSchema }),
  left: z.array(hashSchema),
  right: z.array(hashSchema),
  leaves: z.base64(),
});
const entrySchema = z.object({ index: indexSchema, body: z.string(), proof: z.array(hashSchema).optional() });
const endSchema = z.object({ end: z.literal(true), entries: indexSchema });

/** What a bundle was found to hold. */
export type BundleFindings = {
  origin: string;
  size: number;
  entries: number;
  from: number;
  to: number;
  complete: boolean;
  /** Entries that left the log for archives, as signed entries of it say: they are not here. */
  archived: Gone[];
};

/** From `from` until before `to`. */
type Gone = { from: number; to: number };

type Signed = Checkpoint & { note: SignedNote };

/** The bundle cannot be read as one: nothing is said of its entries. */
export class NoBundle extends Error {
  override readonly name = "NoBundle";
}

function checkpointOf(text: string): Signed {
  const checkpoint = parseCheckpoint(text);
  if (!checkpoint) throw new NoBundle("the bundle's checkpoint cannot be read");
  return checkpoint;
}

const signs = (key: VerifierKey, { origin, note }: Signed): boolean => key.name === origin && isSignedBy(note, key);

/** Checks a bundle line by line: `tools/verify-audit.mjs` does the same without any of this code. */
export class BundleVerifier {
  readonly #checkpoint: Signed;
  readonly #selection: z.infer<typeof headerSchema>["selection"];
  #segment: { from: number; leaves: Hash[] } = { from: 0, leaves: [] };
  #archived: Gone[] = [];
  #next: number;
  #entries = 0;
  #ended = false;

  /** @param key the log's key where it is known; else the bundle's own first one is believed */
  constructor(header: unknown, key?: VerifierKey) {
    const parsed = headerSchema.safeParse(header);
    if (!parsed.success) throw new NoBundle("the file is no export bundle");
    this.#checkpoint = checkpointOf(parsed.data.checkpoint);
    this.#selection = parsed.data.selection;
    this.#next = parsed.data.selection.from;
    this.#checkKeys(parsed.data, key);
    this.#archived = parsed.data.archived.map((span) => this.#goneBy(span));
    this.#skipArchived();
  }

  /** The first entry that is not known to be good yet. */
  get next(): number {
    return this.#next;
  }

  /** A part of the log that is in an archive: the entry that says so must be one that was signed. */
  #goneBy(line: unknown): Gone {
    const { size, root } = this.#checkpoint;
    const parsed = archivedSchema.safeParse(line);
    if (!parsed.success) throw new NoBundle("what it says of archives cannot be read");
    const { from, to, entry } = parsed.data;
    const leaf = leafHashOf(Buffer.from(`\0${entry.body}`));
    const isSigned = entry.index < size && rootOfInclusion(entry.index, size, leaf, entry.proof) === root;
    if (!isSigned || !saysArchived(entry.body, { from, to }))
      throw new LogFault(from, "it is said to be in an archive, and no signed entry says so");
    return { from, to };
  }

  #skipArchived(): void {
    if (!this.#selection.complete) return;
    for (const { from, to } of this.#archived) if (from <= this.#next && this.#next < to) this.#next = to;
  }

  /** From the key that is believed to the one that signed, each step by a checkpoint that both signed and the log went on from. */
  #checkKeys({ keys: texts, rotations }: z.infer<typeof headerSchema>, pinned: VerifierKey | undefined): void {
    const keys = texts.flatMap((text) => parseVerifierKey(text) ?? []);
    let key = pinned ?? keys[0];
    for (const { checkpoint: text, consistency } of rotations) {
      const both = checkpointOf(text);
      const next = keys.find((one) => one.id !== key?.id && signs(one, both));
      if (!key || signs(key, this.#checkpoint) || !next || !signs(key, both)) continue;
      if (!isConsistent(both, this.#checkpoint, consistency))
        throw new LogFault(0, `it or a later one below ${both.size} is not what was signed when the key changed`);
      key = next;
    }
    if (!key || !signs(key, this.#checkpoint)) throw new LogFault(0, "the checkpoint is not signed by the log's key");
  }

  /** Takes the next line. Throws `LogFault`. */
  take(line: unknown): void {
    const segment = segmentSchema.safeParse(line);
    const entry = entrySchema.safeParse(line);
    const end = endSchema.safeParse(line);
    if (this.#ended) throw new LogFault(this.#next, "something stands after the bundle's end");
    if (segment.success) this.#openSegment(segment.data);
    else if (entry.success) this.#takeEntry(entry.data);
    else if (end.success) this.#end(end.data.entries);
    else throw new LogFault(this.#next, "its line cannot be read");
  }

  #openSegment({ segment: { from, to }, left, right, leaves: packed }: z.infer<typeof segmentSchema>): void {
    const leaves = unpackHashes(Buffer.from(packed, "base64"));
    const root = rootOfSpan([from, to], this.#checkpoint.size, { left, leaves, right });
    if (root !== this.#checkpoint.root)
      throw new LogFault(from, `its part of the tree (${from} to ${to - 1}) is not the one that was signed`);
    this.#segment = { from, leaves };
  }

  #takeEntry({ index, body, proof }: z.infer<typeof entrySchema>): void {
    const { from, to, complete } = this.#selection;
    const { size, root } = this.#checkpoint;
    if (index < this.#next) throw new LogFault(index, "it stands twice, or out of its order");
    if (complete && index > this.#next) throw new LogFault(this.#next, "it is missing");
    if (index < from || index >= Math.min(to, size)) throw new LogFault(index, "it does not belong into this bundle");
    const leaf = leafHashOf(Buffer.from(`\0${body}`));
    const isSigned = proof
      ? rootOfInclusion(index, size, leaf, proof) === root
      : this.#segment.leaves[index - this.#segment.from] === leaf;
    if (!isSigned) throw new LogFault(index, "it is not what was signed");
    this.#next = index + 1;
    this.#entries += 1;
    this.#skipArchived();
  }

  #end(entries: number): void {
    const to = Math.min(this.#selection.to, this.#checkpoint.size);
    if ((this.#selection.complete && this.#next < to) || entries !== this.#entries)
      throw new LogFault(this.#next, "it is missing");
    this.#ended = true;
  }

  /** At the end of the file. Throws `LogFault` where the bundle was cut off. */
  finish(): BundleFindings {
    if (!this.#ended) throw new LogFault(this.#next, "it is missing: the bundle was cut off");
    const { origin, size } = this.#checkpoint;
    return { origin, size, entries: this.#entries, ...this.#selection, archived: this.#archived };
  }
}
