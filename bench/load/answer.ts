/** An answer that has come in wholly: its status, where its body lies in the buffer, and whether the connection ends. */
export type Answer = { status: number; bodyStart: number; bodyEnd: number; close: boolean };

const END_OF_HEAD = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");

/** The value of a header in the head of an answer, lower-cased; null where it is absent. */
function headerOf(head: string, name: string): string | null {
  const at = head.indexOf(`\r\n${name}:`);
  if (at < 0) return null;
  const end = head.indexOf("\r\n", at + 2);
  return head.slice(at + name.length + 3, end < 0 ? undefined : end).trim();
}

/** Where a chunked body ends; null where it has not all come in. */
function endOfChunks(bytes: Buffer, from: number, length: number): number | null {
  for (let at = from; ;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0 || lineEnd >= length) return null;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error("not a chunk");
    at = lineEnd + 2 + size + 2;
    if (at > length) return null;
    if (size === 0) return at;
  }
}

/**
 * Reads one HTTP/1.1 answer from the first `length` bytes; null where it is not there wholly. No more than a load generator
 * needs: chunks are left in the body as they came. Throws where it is no HTTP.
 */
export function parseAnswer(bytes: Buffer, length: number): Answer | null {
  const headEnd = bytes.indexOf(END_OF_HEAD);
  if (headEnd < 0 || headEnd + 4 > length) return null;
  const head = bytes.toString("latin1", 0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  if (!head.startsWith("http/1.") || !Number.isInteger(status)) throw new Error("not an HTTP answer");
  const bodyStart = headEnd + 4;
  const close = headerOf(head, "connection") === "close";
  const contentLength = headerOf(head, "content-length");
  if (contentLength !== null) {
    const bodyEnd = bodyStart + Number(contentLength);
    return bodyEnd > length ? null : { status, bodyStart, bodyEnd, close };
  }
  if (headerOf(head, "transfer-encoding") !== "chunked") throw new Error("an answer of unknown length");
  const bodyEnd = endOfChunks(bytes, bodyStart, length);
  return bodyEnd === null ? null : { status, bodyStart, bodyEnd, close };
}
