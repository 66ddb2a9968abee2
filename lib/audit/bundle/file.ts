import "server-only";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { decompressed } from "../archive/zstd";
import { LogFault } from "../proof/fault";
import type { VerifierKey } from "../tree/note";
import { BundleVerifier, NoBundle, type BundleFindings } from "./verify";

/** What a file was found to hold, and what it is byte for byte. */
export type FileFindings = BundleFindings & { sha256: string; bytes: number };

/**
 * Reads a bundle to its end, plain or compressed (`.zst`), and checks all of it. Throws `LogFault` where an entry is not as it was signed,
 * `NoBundle` where it is no bundle, and what the file system throws.
 */
export async function verifyBundleFile(file: string, key?: VerifierKey): Promise<FileFindings> {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* raw() {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const input = Readable.from(file.endsWith(".zst") ? undamaged(decompressed(raw())) : raw(), { objectMode: false });
  const lines = createInterface({ input, crlfDelay: Infinity });
  let verifier: BundleVerifier | undefined;
  try {
    for await (const text of lines) {
      if (text === "") continue;
      const line = parsed(text);
      if (verifier) verifier.take(line);
      else verifier = new BundleVerifier(line, key);
    }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    throw verifier ? new LogFault(verifier.next, "the file is damaged there") : new NoBundle("the file is damaged");
  }
  if (!verifier) throw new NoBundle("the file is empty");
  return { ...verifier.finish(), sha256: hash.digest("hex"), bytes };
}

/** The compressed bytes cannot be right. */
class Damaged extends Error {}

async function* undamaged(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    // The file system's own words have a code; those about compressed bytes have none, or a number.
    if (error instanceof Error && "code" in error && typeof error.code === "string") throw error;
    throw new Damaged("the file is damaged", { cause: error });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
