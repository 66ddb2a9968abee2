import "server-only";
import { createHmac, randomBytes } from "node:crypto";
import type { Batch, Place, Send } from "../receiver";
import { receiptFor } from "./exchange";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A new signing secret, as Standard Webhooks writes it: 24 to 64 bytes in base64 after `whsec_`. */
export const makeWebhookSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;

/** True where a text is such a secret. */
export function isWebhookSecret(text: string): boolean {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  const bytes = BASE64.test(base64) ? Buffer.from(base64, "base64").length : 0;
  return bytes >= 24 && bytes <= 64;
}

/** `v1,` and the HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks 1.0.0, "Signature scheme"). */
function signature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

const bodyOf = ({ entries }: Batch, { sinkId, format }: Place<"webhook">): string =>
  `{"type":"gatehouse.audit.entries","timestamp":${JSON.stringify(entries.at(-1)?.recordedAt ?? null)},` +
  `"data":{"sinkId":"${sinkId}","entries":[${entries.map(format).join(",")}]}}`;

/** Batches as signed webhooks. The same batch has the same `webhook-id` each time that it is sent. */
export const webhookReceiver =
  (place: Place<"webhook">): Send =>
  (batch, signal) => {
    const { settings, secret, nowSeconds, resolve } = place;
    const body = bodyOf(batch, place);
    const timestamp = String(Math.floor(nowSeconds()));
    return receiptFor({
      url: settings.url,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": batch.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, batch.id, timestamp, body),
      },
      body,
      network: settings,
      resolve,
      secret,
      signal,
    });
  };
