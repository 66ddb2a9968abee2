import "server-only";
import { gzipSync } from "node:zlib";
import type { Batch, Place, Send } from "../receiver";
import type { SettingsOf } from "../settings";
import { receiptFor } from "./exchange";
import { escapeSegment, signedHeaders } from "./sigv4";

/** How many entries an object holds at most: those from a multiple of it up to the next. */
export const OBJECT_ENTRIES = 1000;

const INDEX_DIGITS = 12;

/** The object of the entries from `start` on: always the same name, so that one that is written again takes the old one's place. */
export function objectKey({ prefix, gzip }: SettingsOf<"s3">, start: number): string {
  const name = start < 0 ? "test-event" : String(start).padStart(INDEX_DIGITS, "0");
  return `${prefix}${name}.ndjson${gzip ? ".gz" : ""}`;
}

function objectUrl(settings: SettingsOf<"s3">, key: string): URL {
  const url = new URL(settings.endpoint);
  const path = key.split("/").map(escapeSegment).join("/");
  if (settings.pathStyle) url.pathname = `/${settings.bucket}/${path}`;
  else {
    url.host = `${settings.bucket}.${url.host}`;
    url.pathname = `/${path}`;
  }
  return url;
}

/** Without a time in it, so that the same lines are the same bytes. */
function contentOf({ entries }: Batch, { settings, format }: Place<"s3">): Buffer<ArrayBuffer> {
  const lines = Buffer.from(entries.map((entry) => `${format(entry)}\n`).join(""), "utf8");
  return settings.gzip ? gzipSync(lines) : lines;
}

/** Each stretch of the log as one object of lines of JSON. An object is refused for no entry's sake: all of it waits. */
export const s3Receiver =
  (place: Place<"s3">): Send =>
  async (batch, signal) => {
    const { settings, secret, nowSeconds, resolve } = place;
    const url = objectUrl(settings, objectKey(settings, batch.start));
    const body = contentOf(batch, place);
    const headers = signedHeaders({
      method: "PUT",
      url,
      headers: { "content-type": settings.gzip ? "application/gzip" : "application/x-ndjson" },
      body,
      region: settings.region,
      accessKeyId: settings.accessKeyId,
      secretAccessKey: secret,
      now: new Date(nowSeconds() * 1000),
    });
    const request = {
      url: url.href,
      method: "PUT" as const,
      headers,
      body,
      network: settings,
      resolve,
      secret,
      signal,
    };
    const receipt = await receiptFor(request);
    return receipt.kind === "refused" ? { ...receipt, kind: "later" } : receipt;
  };
