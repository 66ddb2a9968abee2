import "server-only";
import { z } from "zod";
import { equalBytes, mac } from "@/lib/crypto/keys";
import { GatehouseError } from "@/lib/errors";

const MAC_BYTES = 12;
/** A position may hold a name of 256 characters, each of several bytes. */
const MAX_CHARS = 2048;

/**
 * An opaque paging cursor: base64url of JSON, with a tag that binds it to its list (`scope`), so that a cursor which was
 * tampered with, or comes from another list or other filters, is `invalid_cursor` and never a strange page.
 */
export function encodeCursor(scope: string, position: readonly (string | number | null)[]): string {
  const body = Buffer.from(JSON.stringify(position), "utf8");
  const tag = mac("cursor", `${scope}\n${body.toString("base64")}`).subarray(0, MAC_BYTES);
  return Buffer.concat([tag, body]).toString("base64url");
}

/** Reads a cursor made by `encodeCursor` for the same scope. Throws `invalid_cursor`. */
export function decodeCursor<S extends z.ZodType>(scope: string, cursor: string, shape: S): z.output<S> {
  const bad = new GatehouseError("invalid_cursor", {
    detail: "The cursor is not one that this list gave out. Start again without it.",
  });
  if (cursor.length > MAX_CHARS || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw bad;
  const bytes = Buffer.from(cursor, "base64url");
  const body = bytes.subarray(MAC_BYTES);
  const tag = mac("cursor", `${scope}\n${body.toString("base64")}`).subarray(0, MAC_BYTES);
  if (!equalBytes(tag, bytes.subarray(0, MAC_BYTES))) throw bad;
  const parsed = shape.safeParse(JSON.parse(body.toString("utf8")));
  if (!parsed.success) throw bad;
  return parsed.data;
}
