import type { IncomingMessage } from "node:http";
import { GatehouseError } from "@/lib/errors";

/** The size that the request announces, bytes; null where it does not. */
export function announcedBytes(request: IncomingMessage): number | null {
  const length = request.headers["content-length"];
  return length === undefined ? null : Number(length);
}

/** The whole body. Rejects with `payload_too_large` as soon as it is longer than `maxBytes`, without reading the rest. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if ((announcedBytes(request) ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((whole, failed) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.removeAllListeners("data").pause();
        failed(tooLarge(maxBytes));
      } else chunks.push(chunk);
    });
    request.on("end", () => whole(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", failed);
    request.on("close", () => {
      if (!request.complete) failed(new GatehouseError("invalid_request", { detail: "The request ended early." }));
    });
  });
}

/** The refusal of a body longer than `maxBytes`. */
export function tooLarge(maxBytes: number): GatehouseError {
  return new GatehouseError("payload_too_large", { detail: `The body may have at most ${maxBytes} bytes.` });
}
