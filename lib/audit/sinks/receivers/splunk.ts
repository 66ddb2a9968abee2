import "server-only";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { unixSeconds, type Batch, type Place, type Receipt, type Send } from "../receiver";
import { exchange, receiptOf, withPath, type Exchange } from "./exchange";

/** How often and how long the indexers are asked whether they have a batch. */
const ASK_EVERY_MS = 500;
const ASK_AT_MOST = 60;

const EVENT_PATH = "/services/collector/event";

/** The same channel for the same sink (a UUID): acknowledgements are counted within one. */
function channelOf(sinkId: string): string {
  const hex = createHash("sha256").update(`gatehouse-hec-channel:${sinkId}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function eventsOf({ entries }: Batch, { settings, format, formatName, hostname }: Place<"splunk_hec">): string {
  const { index, source, sourcetype = formatName === "gatehouse" ? "gatehouse:audit" : formatName } = settings;
  const meta = JSON.stringify({ host: hostname, source, sourcetype, ...(index === undefined ? {} : { index }) });
  return entries
    .map((entry) => `{"time":${unixSeconds(entry.recordedAt)},${meta.slice(1, -1)},"event":${format(entry)}}`)
    .join("\n");
}

/** Batches to Splunk's HTTP Event Collector; on wish they count only when the indexers have them. */
export const splunkReceiver =
  (place: Place<"splunk_hec">): Send =>
  async (batch, signal) => {
    const { settings, secret, resolve, sinkId } = place;
    const request: Exchange = {
      url: withPath(settings.url, EVENT_PATH),
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Splunk ${secret}`,
        ...(settings.acknowledge ? { "x-splunk-request-channel": channelOf(sinkId) } : {}),
      },
      body: eventsOf(batch, place),
      network: settings,
      resolve,
      secret,
      signal,
    };
    const answer = await exchange(request);
    if ("kind" in answer) return answer;
    const receipt = receiptOf(answer, secret);
    if (receipt.kind !== "accepted" || !settings.acknowledge) return receipt;
    const { ackId } = parsed<{ ackId?: number }>(answer.body);
    return ackId === undefined
      ? { kind: "later", why: "It gives no acknowledgements: switch them on for its token, or off here." }
      : acknowledged({ ...request, url: ackAddress(request.url) }, ackId);
  };

function ackAddress(url: string): string {
  const address = new URL(url);
  address.pathname = address.pathname.replace(/\/event(\/1\.0)?\/?$/, "/ack");
  return address.href;
}

/** Asks until the indexers have it. Where they take too long it is sent again: then it may be there twice. */
async function acknowledged(request: Exchange, ackId: number): Promise<Receipt> {
  for (let asked = 0; asked < ASK_AT_MOST; asked++) {
    const answer = await exchange({ ...request, body: JSON.stringify({ acks: [ackId] }) });
    if ("kind" in answer) return answer;
    const receipt = receiptOf(answer, request.secret);
    if (receipt.kind !== "accepted") return { kind: "later", why: receipt.why };
    if (parsed<{ acks?: Record<string, boolean> }>(answer.body).acks?.[String(ackId)] === true) return receipt;
    await sleep(ASK_EVERY_MS, undefined, { signal: request.signal }).catch(() => undefined);
    if (request.signal?.aborted) break;
  }
  return { kind: "later", why: "Its indexers did not acknowledge the batch in time." };
}

function parsed<T extends object>(body: Buffer): Partial<T> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as T) : {};
  } catch {
    return {};
  }
}
