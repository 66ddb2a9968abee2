const NOTIFICATION = "A".charCodeAt(0);
const HEAD_BYTES = 5;

/** Whole messages of PostgreSQL's protocol; a notification stands alone. */
export type Frames = { bytes: Buffer; notification: boolean };

/**
 * Cuts what a PostgreSQL server sends into whole messages (type byte, then length), so that a proxy can drop or hold back
 * single ones. For connections without TLS.
 */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** What is complete with this chunk: runs of messages, with each notification by itself. */
  push(chunk: Buffer): Frames[] {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const found: Frames[] = [];
    let runStart = 0;
    let at = 0;
    const endRun = () => {
      if (at > runStart) found.push({ bytes: bytes.subarray(runStart, at), notification: false });
    };
    while (at + HEAD_BYTES <= bytes.length) {
      const size = 1 + bytes.readInt32BE(at + 1);
      if (at + size > bytes.length) break;
      if (bytes[at] === NOTIFICATION) {
        endRun();
        found.push({ bytes: bytes.subarray(at, at + size), notification: true });
        runStart = at + size;
      }
      at += size;
    }
    endRun();
    this.#rest = bytes.subarray(at);
    return found;
  }
}

/** The application's name in a client's first message (two numbers, then names and values ended by NUL); empty where it has none. */
export function applicationName(startup: Buffer): string {
  const fields = startup.subarray(8).toString("utf8").split("\0");
  const at = fields.findIndex((field, nth) => nth % 2 === 0 && field === "application_name");
  return at < 0 ? "" : (fields[at + 1] ?? "");
}
