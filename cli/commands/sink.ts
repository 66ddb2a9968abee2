import { createSink } from "@/lib/audit/sinks/create";
import { discardDeadLetters, listDeadLetters, retryDeadLetters } from "@/lib/audit/sinks/dead-letters";
import { deleteSink } from "@/lib/audit/sinks/delete";
import { getSink, listSinks } from "@/lib/audit/sinks/list";
import { pauseSink, resumeSink } from "@/lib/audit/sinks/pause";
import { replaySink } from "@/lib/audit/sinks/replay";
import {
  createSinkSchema,
  replaySinkSchema,
  someDeadLettersSchema,
  updateSinkSchema,
  type SinkDto,
} from "@/lib/audit/sinks/schema";
import { testSink } from "@/lib/audit/sinks/send-test";
import { SINK_FORMATS, SINK_KINDS } from "@/lib/audit/sinks/settings";
import { updateSink } from "@/lib/audit/sinks/update";
import type { Ctx } from "@/lib/ctx";
import { pageQuerySchema } from "@/lib/page";
import { inputOf, SHOWN_ONCE, type Command, type Flags, type Given, type Outcome } from "../command";
import { usageError } from "../failure";
import { pageFlags, pageOutcome } from "../listing";
import { numeric } from "../numeric";
import { pointing } from "../query-faults";
import { resolve } from "../references";
import { readText, settingsFrom } from "../sink-settings";
import { table } from "../table";

const SINK = { usage: "<id|name>", min: 1, max: 1 } as const;

const settingFlags = {
  set: {
    ...{ type: "string", multiple: true, value: "<key=value>" },
    help: "A setting of the kind (docs/shipping.md): url=https://…, labels.env=prod, caPem=@file",
  },
  "secret-file": { type: "string", value: "<file|->", help: "The password, token or key; - reads standard input" },
  query: {
    type: "string",
    value: "<query>",
    help: "Ship only what matches (docs/audit-query.md); '' ships everything",
  },
  format: { type: "string", value: SINK_FORMATS.join("|"), help: "How an entry is written; gatehouse where left out" },
} as const satisfies Flags;

const secretOf = (given: Given): string | undefined => {
  const file = given.text("secret-file");
  return file === undefined ? undefined : readText(file);
};
/** Empty means everything. */
const queryOf = (given: Given): string | null | undefined => (given.text("query") === "" ? null : given.text("query"));
const sinkOf = (ctx: Ctx, given: Given): Promise<string> => resolve(ctx, "sink", given.words[0] ?? "");
const stateOf = ({ status, failures }: SinkDto): string => (status === "paused" ? status : failures > 0 ? "failing" : "shipping"); // prettier-ignore
const lagOf = ({ lagEntries, lagSeconds }: SinkDto): string =>
  lagEntries === 0 ? "none" : `${lagEntries} entries, ${Math.round(lagSeconds)} s`;

const described = (sink: SinkDto): Outcome => ({
  json: sink,
  text: table(
    ["FIELD", "VALUE"],
    [
      ["id", sink.id],
      ["name", sink.name],
      ["kind", `${sink.kind}, ${sink.format}`],
      ["query", sink.query ?? "everything"],
      ["settings", JSON.stringify(sink.settings)],
      ["state", stateOf(sink)],
      ["next entry", sink.cursor],
      ["lag", lagOf(sink)],
      ["shipped", `${sink.shipped}${sink.shippedAt ? `, last at ${sink.shippedAt}` : ""}`],
      ["left out by its query", sink.leftOut],
      ["missed", sink.missed],
      ["dead letters", sink.deadLetters],
      ["last error", sink.lastError === null ? "none" : `${sink.lastErrorAt}: ${sink.lastError}`],
    ],
  ),
});

const add: Command = {
  noun: "sink",
  verb: "add",
  summary: "Ship the audit log to a place",
  words: { usage: "<name>", min: 1, max: 1 },
  flags: {
    kind: { type: "string", required: true, value: SINK_KINDS.join("|"), help: "What it is" },
    ...settingFlags,
    from: { type: "string", value: "now|start", help: "Where in the log it begins; now where left out" },
  },
  examples: [
    "gatehouse sink add loki --kind loki --set url=https://loki.example.com --set labels.env=prod",
    "gatehouse sink add siem --kind syslog --set host=siem.example.com --format ocsf --from start",
    "gatehouse sink add oncall --kind webhook --set url=https://hooks.example.com --query 'outcome:deny,denied'",
  ],
  run: async (ctx, given) => {
    const input = {
      kind: given.need("kind"),
      name: given.words[0],
      format: given.text("format"),
      query: queryOf(given),
      settings: settingsFrom(given.list("set") ?? []),
      secret: secretOf(given),
      from: given.text("from"),
    };
    const sink = await pointing(given.text("query"), () => createSink(ctx, inputOf(createSinkSchema, input)));
    const made = sink.secret === null ? {} : { note: SHOWN_ONCE };
    return { json: sink, text: sink.secret ?? sink.id, ...made };
  },
};

const update: Command = {
  noun: "sink",
  verb: "update",
  summary: "Change a place that the audit log is shipped to; what is left out stays",
  words: SINK,
  flags: { ...settingFlags, name: { type: "string", value: "<name>", help: "Another name" } },
  examples: ["gatehouse sink update loki --set tenant=acme", "gatehouse sink update loki --query ''"],
  run: async (ctx, given) => {
    const sinkId = await sinkOf(ctx, given);
    const changed = given.list("set");
    const settings = changed && settingsFrom(changed, (await getSink(ctx, { sinkId })).settings);
    const input = {
      ...{ sinkId, name: given.text("name"), format: given.text("format"), query: queryOf(given) },
      ...{ settings, secret: secretOf(given) },
    };
    return described(await pointing(given.text("query"), () => updateSink(ctx, inputOf(updateSinkSchema, input))));
  },
};

const list: Command = {
  noun: "sink",
  verb: "list",
  summary: "List where the audit log is shipped to, and how far each has got",
  flags: {},
  examples: ["gatehouse sink list"],
  run: async (ctx) => {
    const sinks = await listSinks(ctx, {});
    const rows = sinks.items.map((sink) => [
      ...[sink.name, sink.kind, sink.format, stateOf(sink), lagOf(sink)],
      ...[sink.deadLetters, sink.id],
    ]);
    return { json: sinks, text: table(["NAME", "KIND", "FORMAT", "STATE", "LAG", "DEAD LETTERS", "ID"], rows) };
  },
};

/** A command that does one thing with one sink, and shows it. */
const onSink = (verb: string, summary: string, act: (ctx: Ctx, sinkId: string) => Promise<SinkDto>): Command => ({
  noun: "sink",
  verb,
  summary,
  words: SINK,
  flags: {},
  examples: [`gatehouse sink ${verb} loki`],
  run: async (ctx, given) => described(await act(ctx, await sinkOf(ctx, given))),
});

const test: Command = {
  noun: "sink",
  verb: "test",
  summary: "Send a test event, and say what came of it",
  words: SINK,
  flags: {},
  examples: ["gatehouse sink test loki"],
  run: async (ctx, given) => {
    const result = await testSink(ctx, { sinkId: await sinkOf(ctx, given) });
    const text = result.ok ? `It was taken, in ${result.milliseconds} ms.` : `It was not taken. ${result.error}`;
    return { json: result, text, bad: !result.ok };
  },
};

const replay: Command = {
  noun: "sink",
  verb: "replay",
  summary: "Ship every entry from an index or a moment on again",
  words: SINK,
  flags: {
    index: { type: "string", value: "<n>", help: "The first entry" },
    since: { type: "string", value: "<time>", help: "The moment, RFC 3339" },
  },
  examples: ["gatehouse sink replay loki --since 2026-11-01T00:00:00Z"],
  run: async (ctx, given) => {
    const input = { sinkId: await sinkOf(ctx, given), index: numeric(given.text("index")), since: given.text("since") };
    return described(await replaySink(ctx, inputOf(replaySinkSchema, input)));
  },
};

const remove: Command = {
  noun: "sink",
  verb: "rm",
  summary: "Ship nothing to a place any more; its dead letters go with it",
  words: SINK,
  flags: {},
  examples: ["gatehouse sink rm loki"],
  run: async (ctx, given) => {
    const sinkId = await sinkOf(ctx, given);
    await deleteSink(ctx, { sinkId });
    return { json: { id: sinkId }, text: sinkId };
  },
};

const deadLetters: Command = {
  noun: "sink",
  verb: "dead-letters",
  summary: "List what a receiver refused for good; send it again, or give it up",
  words: SINK,
  flags: {
    ...pageFlags,
    retry: { type: "boolean", help: "Send them again" },
    discard: { type: "boolean", help: "Give them up" },
    index: { type: "string", multiple: true, value: "<n>", help: "Only these entries; all where left out" },
  },
  examples: ["gatehouse sink dead-letters loki", "gatehouse sink dead-letters loki --retry --index 4711"],
  run: async (ctx, given) => {
    const sinkId = await sinkOf(ctx, given);
    if (given.on("retry") && given.on("discard")) throw usageError("Give either --retry or --discard.");
    if (given.on("retry") || given.on("discard")) {
      const input = inputOf(someDeadLettersSchema, { indices: given.list("index")?.map(numeric) });
      const act = given.on("retry") ? retryDeadLetters : discardDeadLetters;
      const { changed } = await act(ctx, { sinkId, ...input });
      return { json: { changed }, text: String(changed) };
    }
    return pageOutcome(
      given,
      (page) => listDeadLetters(ctx, { sinkId, ...inputOf(pageQuerySchema, page) }),
      ["INDEX", "REFUSED AT", "STATE", "WHY"],
      ({ index, refusedAt, retrying, error }) => [index, refusedAt, retrying ? "sent again" : "refused", error],
    );
  },
};

export const sinkCommands: readonly Command[] = [
  add,
  list,
  onSink("show", "Show one sink, with its lag at this moment", (ctx, sinkId) => getSink(ctx, { sinkId })),
  update,
  onSink("pause", "Stop shipping for now", (ctx, sinkId) => pauseSink(ctx, { sinkId })),
  onSink("resume", "Ship again, from where it stopped", (ctx, sinkId) => resumeSink(ctx, { sinkId })),
  test,
  replay,
  deadLetters,
  remove,
];
