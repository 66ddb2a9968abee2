import { GatehouseError } from "@/lib/errors";
import { requireUncompressed } from "./content-encoding";
import { requireStorableText } from "./storable-text";

/** The longest body that the admin API reads, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** `application/json`, with or without parameters, and nothing else. */
const JSON_TYPE = /^application\/json(?:\s*;|\s*$)/i;

/**
 * Reads a body whole, counting what arrives: the `content-length` header is only a claim. Throws `payload_too_large`.
 */
export async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (!request.body) return Buffer.alloc(0);
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

function tooLarge(maxBytes: number): GatehouseError {
  return new GatehouseError("payload_too_large", { detail: `A body may have at most ${maxBytes} bytes.` });
}

/**
 * The JSON body of a request; an empty one reads as `{}`, so that calls without required fields need no body.
 * Errors: `unsupported_media_type`, `payload_too_large`, `malformed_json`, and `validation_failed` for text that no
 * database holds (NUL, lone surrogates).
 */
export async function readJson(request: Request, maxBytes: number = MAX_BODY_BYTES): Promise<unknown> {
  requireUncompressed(request.headers.get("content-encoding"));
  const type = request.headers.get("content-type");
  if (type !== null && !JSON_TYPE.test(type)) throw notJson();
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) return {};
  if (type === null) throw notJson();
  const value = parse(bytes);
  requireStorableText(value);
  return value;
}

function notJson(): GatehouseError {
  return new GatehouseError("unsupported_media_type", { detail: "Send the body as application/json." });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new GatehouseError("malformed_json", { detail: "The body is not valid JSON in UTF-8." });
  }
}
