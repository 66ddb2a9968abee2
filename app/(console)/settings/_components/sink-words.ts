import { isRelative } from "@/lib/audit/language/time";
import type { SinkDto } from "@/lib/audit/sinks/schema";
import type { SinkFormat, SinkKind } from "@/lib/audit/sinks/settings";
import { counted } from "@/lib/counted";

/** Client-safe: how kinds and formats are called. */

export const KIND_LABELS: Record<SinkKind, string> = {
  webhook: "Webhook",
  loki: "Grafana Loki",
  otlp: "OpenTelemetry (OTLP)",
  splunk_hec: "Splunk",
  syslog: "Syslog over TLS",
  s3: "S3 objects",
};

export const FORMAT_LABELS: Record<SinkFormat, string> = { gatehouse: "Gatehouse JSON", ocsf: "OCSF", ecs: "ECS" };

function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** How far it is behind the log. With a query, nobody knows yet how many of those that wait match. */
export const lagWords = ({ lagEntries, lagSeconds, query }: SinkDto): string =>
  lagEntries === 0
    ? `has everything${query === null ? "" : " that matches"}`
    : `${query === null ? "is" : "has"} ${counted(lagEntries, "entry", "entries")} ${query === null ? "behind" : "to look through"}, the oldest for ${span(lagSeconds)}`;

/** False of what a sink may not ask by: see `refusedInSinks`. */
export const isOffered = (qualifier: string | null, text: string): boolean =>
  qualifier === null ? text !== "badge:" : qualifier !== "created" || !isRelative(text);

export const letterWords = (letters: number): string => counted(letters, "dead letter");
