import "server-only";
import { setImmediate as breathe } from "node:timers/promises";
import { Zstd } from "@hpcc-js/wasm-zstd";
import { Decompress } from "fzstd";

/** So much is compressed at once: other work of the process has its turn in between. */
const PIECE_BYTES = 64 * 1024;

/** The library has one state for everybody: whoever compresses waits for whoever does. */
let turn: Promise<unknown> = Promise.resolve();

/** A text as one zstd frame (RFC 8878), which any reader of the format takes. */
export async function* compressed(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const before = turn;
  let done = () => {};
  turn = new Promise<void>((resolve) => (done = resolve));
  await before;
  try {
    const zstd = await Zstd.load();
    zstd.reset();
    zstd.setCompressionLevel(zstd.defaultCLevel());
    for await (const text of texts) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const made = zstd.compressChunk(bytes.subarray(at, at + PIECE_BYTES));
        if (made.length > 0) yield made;
        await breathe();
      }
    }
    yield zstd.compressEnd();
  } finally {
    done();
  }
}

/** What stands in a zstd file, as it comes. Throws where the file is damaged or cut off. Another library than the one that wrote it. */
export async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  const reader = new Decompress((chunk) => void made.push(chunk));
  for await (const chunk of chunks) {
    reader.push(chunk);
    yield* made;
    made = [];
  }
  reader.push(new Uint8Array(0), true);
  yield* made;
}
