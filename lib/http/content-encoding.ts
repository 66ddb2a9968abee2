import { GatehouseError } from "@/lib/errors";

/**
 * Bodies are read as they came: a compressed one could unpack to any size. Throws `unsupported_media_type` for every
 * `Content-Encoding` (RFC 9110 §8.4) but `identity`.
 */
export function requireUncompressed(contentEncoding: string | null | undefined): void {
  if (!contentEncoding || contentEncoding.trim().toLowerCase() === "identity") return;
  throw new GatehouseError("unsupported_media_type", {
    detail: "Send the body uncompressed, without Content-Encoding.",
  });
}
