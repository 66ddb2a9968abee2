import "server-only";
import { redactLine } from "@/lib/audit/redact";
import type { Place, Receipt, Send } from "../receiver";
import { authorization, exchange, receiptOf, withPath } from "./exchange";
import { logsRequest } from "./otlp-message";
import { decodePartialSuccess, encodeLogsRequest, type PartialSuccess } from "./otlp-protobuf";

const MAX_SAID_CHARS = 300;

/** Batches as OTLP logs over HTTP, in protobuf or JSON. */
export const otlpReceiver =
  (place: Place<"otlp">): Send =>
  async (batch, signal) => {
    const { settings, secret, resolve } = place;
    const request = logsRequest(batch.entries, place);
    const json = settings.encoding === "json";
    const answer = await exchange({
      url: withPath(settings.url, "/v1/logs"),
      method: "POST",
      headers: {
        "content-type": json ? "application/json" : "application/x-protobuf",
        ...authorization(settings, secret),
      },
      body: json ? JSON.stringify(request) : encodeLogsRequest(request),
      network: settings,
      resolve,
      secret,
      signal,
    });
    if ("kind" in answer) return answer;
    const receipt = receiptOf(answer, secret);
    return receipt.kind === "accepted" ? wholeOrRefused(json, answer.body) : receipt;
  };

/**
 * A receiver may answer 200 and have taken a part alone, without saying which. The batch is then refused, so that halving it finds
 * the records that it will not take; the others are sent again, and may be there twice.
 */
function wholeOrRefused(json: boolean, answer: Buffer): Receipt {
  const { rejected, message } = json ? partialOfJson(answer) : decodePartialSuccess(answer);
  if (rejected <= 0n) return { kind: "accepted" };
  return { kind: "refused", why: `It took a part alone${message ? `: ${redactLine(message, MAX_SAID_CHARS)}` : "."}` };
}

function partialOfJson(answer: Buffer): PartialSuccess {
  try {
    const { partialSuccess } = JSON.parse(answer.toString("utf8")) as {
      partialSuccess?: { rejectedLogRecords?: string | number; errorMessage?: string };
    };
    return {
      rejected: BigInt(partialSuccess?.rejectedLogRecords ?? 0),
      message: String(partialSuccess?.errorMessage ?? ""),
    };
  } catch {
    return { rejected: 0n, message: "" };
  }
}
