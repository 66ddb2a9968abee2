import "server-only";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { VerbDefinition } from "@/lib/verb";
import { settingsOf } from "./place";
import type { SinkFormat, SinkSettings } from "./settings";

/** A sink as a verb changes it. */
export type LockedSink = {
  id: string;
  name: string;
  format: SinkFormat;
  query: string | null;
  status: string;
  cursor: bigint;
  sealedSecret: Uint8Array | null;
} & SinkSettings;

const select = {
  id: true,
  name: true,
  kind: true,
  format: true,
  query: true,
  settings: true,
  status: true,
  cursor: true,
  sealedSecret: true,
} as const;

/** The sink, locked until the transaction ends. Throws `sink_not_found`. */
export async function lockSink(tx: Tx, sinkId: string): Promise<LockedSink> {
  await tx.$executeRaw`SELECT 1 FROM audit_sink WHERE id = ${sinkId} FOR UPDATE`;
  return readSinkRow(tx, sinkId);
}

/** The sink as it is kept. Throws `sink_not_found`. */
export async function readSinkRow(db: Tx, sinkId: string): Promise<LockedSink> {
  const row = await db.auditSink.findUnique({ where: { id: sinkId }, select });
  if (!row) throw new GatehouseError("sink_not_found");
  const { kind, settings, format, ...rest } = row;
  return { ...rest, format: format as SinkFormat, ...settingsOf(kind, settings) };
}

/** Who may change where the log goes can read all of it: so it takes an admin who has proved who they are lately. */
export const SINK_WRITE = {
  permission: "sink.write",
  recentAuthentication: true,
  target: ({ sinkId }: { sinkId: string }) => ({ kind: "sink", id: sinkId }),
} as const satisfies Omit<VerbDefinition<{ sinkId: string }>, "action">;

/** A sink as an entry is about it. */
export const sinkTarget = ({ id, name }: { id: string; name: string }) => ({ kind: "sink" as const, id, name });
