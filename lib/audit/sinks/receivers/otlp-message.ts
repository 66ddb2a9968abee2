import "server-only";
import { unixNanos, type LoggedEntry, type Place } from "../receiver";

/** OTLP's messages, as its JSON encoding names their fields (opentelemetry-proto 1.x, `logs/v1/logs.proto`). */

export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  /** int64 as text. */
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } }
  | { kvlistValue: { values: KeyValue[] } }
  /** Nothing. */
  | Record<string, never>;
export type KeyValue = { key: string; value: AnyValue };

export type LogRecord = {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  body: AnyValue;
  attributes: KeyValue[];
  /** Hex; left out where the entry belongs to no trace. */
  traceId?: string;
  spanId?: string;
  eventName: string;
};
export type LogsRequest = {
  resourceLogs: {
    resource: { attributes: KeyValue[] };
    scopeLogs: { scope: { name: string }; logRecords: LogRecord[] }[];
  }[];
};

/** Severities of the log's data model: what was refused is a warning, what went wrong an error. */
const SEVERITY: Record<string, { severityNumber: number; severityText: string }> = {
  deny: { severityNumber: 13, severityText: "WARN" },
  denied: { severityNumber: 13, severityText: "WARN" },
  failure: { severityNumber: 17, severityText: "ERROR" },
};
const INFO = { severityNumber: 9, severityText: "INFO" };

/** A value of JSON in OTLP's words. */
export function anyValue(value: unknown): AnyValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value !== "object" || value === null) return {};
  return { kvlistValue: { values: keyValues(value) } };
}

const keyValues = (object: object): KeyValue[] =>
  Object.entries(object).map(([key, value]) => ({ key, value: anyValue(value) }));

type Body = { action?: string; outcome?: string; occurredAt?: string; trace?: { id?: string; parentId?: string } };

function logRecord(entry: LoggedEntry, { format, formatName }: Place<"otlp">): LogRecord {
  const body = JSON.parse(entry.body) as Body;
  const { action = "", outcome = "", occurredAt = entry.recordedAt } = body;
  const { id: traceId = "", parentId: spanId = "" } = body.trace ?? {};
  return {
    timeUnixNano: unixNanos(occurredAt),
    observedTimeUnixNano: unixNanos(entry.recordedAt),
    ...(SEVERITY[outcome] ?? INFO),
    body: anyValue(JSON.parse(format(entry))),
    attributes: keyValues({
      "log.record.uid": entry.id,
      "gatehouse.audit.index": entry.idx,
      "gatehouse.audit.action": action,
      "gatehouse.audit.outcome": outcome,
      "gatehouse.audit.leaf": entry.leaf,
      "gatehouse.audit.format": formatName,
    }),
    ...(/^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId) ? { traceId, spanId } : {}),
    eventName: `gatehouse.${action}`,
  };
}

/** One export of entries, as logs of one resource. */
export function logsRequest(entries: readonly LoggedEntry[], place: Place<"otlp">): LogsRequest {
  const resource = { "service.name": place.settings.serviceName, "host.name": place.hostname };
  const logRecords = entries.map((entry) => logRecord(entry, place));
  return {
    resourceLogs: [
      {
        resource: { attributes: keyValues(resource) },
        scopeLogs: [{ scope: { name: "gatehouse.audit" }, logRecords }],
      },
    ],
  };
}
