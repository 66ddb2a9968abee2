import "server-only";
import { defineRead } from "@/lib/verb";
import { readSink, readSinks } from "./dto";
import type { SinkDto, SinkIdInput } from "./schema";

/** Where the log is shipped to, by name. There are few. */
export const listSinks = defineRead(
  { action: "sink.read", permission: "sink.read" },
  async ({ db }, _input: object): Promise<{ items: SinkDto[]; nextCursor: null }> => ({
    items: await readSinks(db),
    nextCursor: null,
  }),
);

/** One sink. Errors: `sink_not_found`. */
export const getSink = defineRead(
  {
    action: "sink.read",
    permission: "sink.read",
    target: ({ sinkId }: SinkIdInput) => ({ kind: "sink", id: sinkId }),
  },
  ({ db }, { sinkId }: SinkIdInput): Promise<SinkDto> => readSink(db, sinkId),
);
