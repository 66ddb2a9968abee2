import type { SinkDto } from "@/lib/audit/sinks/schema";
import type { SinkFormat, SinkKind } from "@/lib/audit/sinks/settings";

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

const count = (many: number, one: string): string =>
  `${many.toLocaleString("en")} ${many === 1 ? one : `${one.replace(/y$/, "ie")}s`}`;

function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** How far it is behind the log. */
export const lagWords = ({ lagEntries, lagSeconds }: SinkDto): string =>
  lagEntries === 0 ? "has everything" : `${count(lagEntries, "entry")} behind, the oldest for ${span(lagSeconds)}`;

export const letterWords = (letters: number): string => count(letters, "dead letter");
