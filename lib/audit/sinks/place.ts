import "server-only";
import { env } from "@/lib/env";
import type { Resolve } from "@/lib/outgoing/lookup";
import { gatehouseFormat } from "./formats/gatehouse";
import { ecsFormat } from "./formats/ecs";
import { ocsfFormat } from "./formats/ocsf";
import type { Format, Place, Send } from "./receiver";
import { lokiReceiver } from "./receivers/loki";
import { otlpReceiver } from "./receivers/otlp";
import { OBJECT_ENTRIES, s3Receiver } from "./receivers/s3";
import { splunkReceiver } from "./receivers/splunk";
import { syslogReceiver } from "./receivers/syslog";
import { webhookReceiver } from "./receivers/webhook";
import { SETTINGS, type SinkFormat, type SinkKind, type SinkSettings } from "./settings";

const FORMATS: Record<SinkFormat, Format> = { gatehouse: gatehouseFormat, ocsf: ocsfFormat, ecs: ecsFormat };

/** A sink as it is kept, its secret opened. */
export type OpenedSink = { id: string; format: SinkFormat; secret: string } & SinkSettings;

/** How a sink is fed. */
export type Feeding = {
  send: Send;
  /** Whole stretches of so many entries, and how long an unfinished one may wait; null where batches are cut as they come. */
  stretch: { entries: number; waitSeconds: number } | null;
};

/** What a sink's settings say, read as its kind. Throws where they say nothing of the kind: none are stored so. */
export function settingsOf(kind: string, settings: unknown): SinkSettings {
  const known = kind as SinkKind;
  return { kind: known, settings: SETTINGS[known].parse(settings) } as SinkSettings;
}

/** The way to a sink's receiver. */
export function feedingOf(sink: OpenedSink, nowSeconds: () => number, resolve?: Resolve): Feeding {
  const common = {
    sinkId: sink.id,
    secret: sink.secret,
    format: FORMATS[sink.format],
    formatName: sink.format,
    hostname: new URL(env().GATEHOUSE_URL).hostname,
    nowSeconds,
    ...(resolve ? { resolve } : {}),
  };
  const place = <K extends SinkKind>(settings: Place<K>["settings"]): Place<K> => ({ ...common, settings });
  const asTheyCome = (send: Send): Feeding => ({ send, stretch: null });
  switch (sink.kind) {
    case "webhook":
      return asTheyCome(webhookReceiver(place(sink.settings)));
    case "loki":
      return asTheyCome(lokiReceiver(place(sink.settings)));
    case "otlp":
      return asTheyCome(otlpReceiver(place(sink.settings)));
    case "splunk_hec":
      return asTheyCome(splunkReceiver(place(sink.settings)));
    case "syslog":
      return asTheyCome(syslogReceiver(place(sink.settings)));
    case "s3":
      return {
        send: s3Receiver(place(sink.settings)),
        stretch: { entries: OBJECT_ENTRIES, waitSeconds: sink.settings.flushSeconds },
      };
  }
}
