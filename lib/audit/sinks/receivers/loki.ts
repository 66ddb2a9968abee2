import "server-only";
import { unixNanos, type Batch, type Place, type Send } from "../receiver";
import { authorization, receiptFor, withPath } from "./exchange";

type Stream = { stream: Record<string, string>; values: [string, string][] };

/** Labels are few and known: each combination is a stream of its own, so only the outcome tells entries apart. */
function streamsOf({ entries }: Batch, { settings, format }: Place<"loki">): Stream[] {
  const streams = new Map<string, Stream>();
  for (const entry of entries) {
    let stream = streams.get(entry.outcome);
    if (!stream) {
      stream = { stream: { service_name: "gatehouse", ...settings.labels, outcome: entry.outcome }, values: [] };
      streams.set(entry.outcome, stream);
    }
    stream.values.push([unixNanos(entry.recordedAt), format(entry)]);
  }
  return [...streams.values()];
}

/** Batches by Loki's push API, in JSON. What Loki has already (same stream, time and line) it does not take twice. */
export const lokiReceiver =
  (place: Place<"loki">): Send =>
  (batch, signal) => {
    const { settings, secret, resolve } = place;
    return receiptFor({
      url: withPath(settings.url, "/loki/api/v1/push"),
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...authorization(settings, secret),
        ...(settings.tenant === undefined ? {} : { "x-scope-orgid": settings.tenant }),
      },
      body: JSON.stringify({ streams: streamsOf(batch, place) }),
      network: settings,
      resolve,
      secret,
      signal,
    });
  };
