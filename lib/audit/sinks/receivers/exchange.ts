import "server-only";
import { redactLine } from "@/lib/audit/redact";
import { OutgoingFailure } from "@/lib/outgoing/failure";
import { fetchOnce } from "@/lib/outgoing/fetch-once";
import type { Resolve } from "@/lib/outgoing/lookup";
import type { Receipt } from "../receiver";

/** One request to a receiver. */
export type Exchange = {
  url: string;
  method: "POST" | "PUT";
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer>;
  network: { privateNetwork: boolean; caPem?: string | undefined };
  resolve?: Resolve | undefined;
  /** Never told, whatever the other side says of it. */
  secret: string;
  signal?: AbortSignal | undefined;
};

/** What a receiver answered. */
export type Answer = { status: number; retryAfterMs: number | undefined; body: Buffer };

const BOUNDS = { totalMs: 30_000, requestMs: 30_000, maxBytes: 1_000_000 };
const MAX_RETRY_AFTER_MS = 3_600_000;
const MAX_SAID_CHARS = 300;

/** Makes the request, or says why that came to nothing: then it is worth another try. */
export async function exchange(request: Exchange): Promise<Answer | Extract<Receipt, { kind: "later" }>> {
  const { url, method, headers, body, network, resolve, signal } = request;
  try {
    return await fetchOnce(
      url,
      {
        init: { method, headers, body, signal: signal ?? null },
        bounds: BOUNDS,
        network: {
          reach: network.privateNetwork ? "own" : "public",
          ...(network.caPem === undefined ? {} : { ca: network.caPem }),
          ...(resolve ? { resolve } : {}),
        },
      },
      async (answer) => ({
        status: answer.status,
        retryAfterMs: retryAfterMs(answer.headers.get("retry-after"), Date.now()),
        body: Buffer.from(await answer.arrayBuffer()),
      }),
    );
  } catch (error) {
    if (error instanceof OutgoingFailure) return { kind: "later", why: error.message };
    if (signal?.aborted) return { kind: "later", why: "The keeper was stopped meanwhile." };
    throw error;
  }
}

/** What `Retry-After` says (RFC 9110 §10.2.3): seconds or a date; undefined where it says nothing that counts. */
export function retryAfterMs(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/**
 * Statuses that are about how the sink is set up, or about who asks: no entry is at fault, so none is given up. What
 * remains of 4xx is about the entries themselves, but for those that ask to come again (408, 425, 429).
 */
const NOT_ABOUT_ENTRIES = new Set([401, 402, 403, 404, 405, 407, 408, 410, 421, 425, 426, 429, 451]);

/** What an answer means for the batch. */
export function receiptOf(answer: Answer, secret: string): Receipt {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: "accepted" };
  const why = `It answered ${status}${said(answer.body, secret)}`;
  if (status >= 400 && status < 500 && !NOT_ABOUT_ENTRIES.has(status)) return { kind: "refused", why };
  return { kind: "later", why, ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }) };
}

/** What the other side says, as far as it is short text, without what was entrusted to us. */
function said(body: Buffer, secret: string): string {
  const text = body.subarray(0, 4096).toString("utf8");
  if (/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)) return ".";
  const line = (secret === "" ? text : text.replaceAll(secret, "[redacted]")).replace(/\s+/g, " ").trim();
  return line === "" ? "." : `: ${redactLine(line, MAX_SAID_CHARS)}`;
}

/** Sends a request, and reads the answer by its status alone. */
export async function receiptFor(request: Exchange): Promise<Receipt> {
  const answer = await exchange(request);
  return "kind" in answer ? answer : receiptOf(answer, request.secret);
}

/** The address with `path` where it has none of its own. */
export function withPath(url: string, path: string): string {
  const full = new URL(url);
  if (full.pathname === "/") full.pathname = path;
  return full.href;
}

/** The headers by which a request shows who sends it. */
export function authorization(
  given: { authentication: string; username?: string | undefined; header?: string | undefined },
  secret: string,
): Record<string, string> {
  const { authentication, username = "", header = "" } = given;
  if (authentication === "basic")
    return { authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}` };
  if (authentication === "bearer") return { authorization: `Bearer ${secret}` };
  return authentication === "header" ? { [header.toLowerCase()]: secret } : {};
}
