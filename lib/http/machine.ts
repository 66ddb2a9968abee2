import "server-only";
import type { IncomingHttpHeaders } from "node:http";
import type { z } from "zod";
import type { Source } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { requireUncompressed } from "./content-encoding";
import { faultsOf } from "./parse";

/** What a machine endpoint needs of a request, whoever listens: the body is whole, and was bounded by the listener. */
export type MachineInput = { headers: IncomingHttpHeaders; body: Buffer; requestId: string; source: Source };

/** What goes back. `headers` in lower case. */
export type MachineOutput = { status: number; headers: Record<string, string>; body: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A JSON answer that nobody may keep. */
export function jsonAnswer(status: number, body: unknown): MachineOutput {
  return jsonTextAnswer(status, JSON.stringify(body));
}

/** `jsonAnswer` for what is JSON already. */
export function jsonTextAnswer(status: number, body: string): MachineOutput {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body,
  };
}

/** The credential of `Authorization: Bearer …` (RFC 6750 §2.1); null where there is no such header. */
export function bearerCredential(headers: IncomingHttpHeaders): string | null {
  return /^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}

/** User and password of `Authorization: Basic …` (RFC 7617, each percent-encoded as RFC 6749 §2.3.1 asks); null where there is none. */
export function basicCredentials(headers: IncomingHttpHeaders): { user: string; password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(headers.authorization ?? "")?.[1];
  if (!encoded) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return null;
  try {
    return { user: decodeURIComponent(text.slice(0, colon)), password: decodeURIComponent(text.slice(colon + 1)) };
  } catch {
    return null;
  }
}

/**
 * The body as the schema's type. Where a key stands twice in an object the last one counts, as everywhere in
 * JavaScript: it is the asking server's own message, so there is nobody to be deceived between the two.
 * Errors: `unsupported_media_type`, `malformed_json`, `invalid_request` with the fields at fault.
 */
export function jsonBody<S extends z.ZodType>(input: MachineInput, schema: S): z.output<S> {
  requireContentType(input.headers, "application/json");
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(input.body));
  } catch {
    throw new GatehouseError("malformed_json", { detail: "The body is not valid JSON in UTF-8." });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GatehouseError("invalid_request", { fields: faultsOf(parsed.error) });
}

/**
 * The body as form fields, each at most once (RFC 6749 §3.2); unknown ones are there for the caller to ignore.
 * Errors: `unsupported_media_type`, `invalid_request`.
 */
export function formBody(input: MachineInput): ReadonlyMap<string, string> {
  requireContentType(input.headers, "application/x-www-form-urlencoded");
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(decodeText(input.body))) {
    if (fields.has(name)) throw invalidField(name.slice(0, 100), "repeated", "may be given only once");
    fields.set(name, value);
  }
  return fields;
}

/** `invalid_request` about one field. */
export function invalidField(path: string, code: string, message: string): GatehouseError {
  return new GatehouseError("invalid_request", { fields: [{ path, code, message }] });
}

function decodeText(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new GatehouseError("invalid_request", { detail: "The body is not valid UTF-8." });
  }
}

function requireContentType(headers: IncomingHttpHeaders, wanted: string): void {
  requireUncompressed(headers["content-encoding"]);
  const type = headers["content-type"];
  if (type === wanted) return;
  const given = (type ?? "").split(";")[0]?.trim().toLowerCase();
  if (given !== wanted) throw new GatehouseError("unsupported_media_type", { detail: `Send the body as ${wanted}.` });
}
