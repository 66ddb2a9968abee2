import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loggedEntries, placeFor, TestReceiver } from "@/lib/testing/receiver";
import { otlpReceiver } from "./otlp";

/** The messages of opentelemetry-proto as OpenTelemetry's own exporter has them compiled. */
type Message = {
  decode: (bytes: Buffer) => unknown;
  encode: (value: object) => { finish: () => Uint8Array };
  fromObject: (value: object) => object;
  toObject: (value: unknown, options: object) => Record<string, unknown>;
  verify: (value: object) => string | null;
};
const require = createRequire(import.meta.url);
const { opentelemetry } = require("@opentelemetry/otlp-transformer/build/src/generated/root") as {
  opentelemetry: { proto: { collector: { logs: { v1: Record<string, Message> } } } };
};
const Request = opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest as Message;
const Response = opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse as Message;

let receiver: TestReceiver;
beforeEach(async () => {
  receiver = await TestReceiver.begin();
});
afterEach(() => receiver.end());

const TRACE = { id: "0af7651916cd43dd8448eb211c80319c", parentId: "b7ad6b7169203331" };
const entries = (() => {
  const [first, second] = loggedEntries(2);
  if (!first || !second) throw new Error("two entries");
  const body = { ...(JSON.parse(first.body) as object), trace: TRACE, outcome: "deny", durationMs: 1.5, list: [true, null, -7] }; // prettier-ignore
  return [{ ...first, outcome: "deny", body: JSON.stringify(body) }, second];
})();
const send = async (encoding: "protobuf" | "json") => {
  const receipt = await otlpReceiver(placeFor("otlp", { url: receiver.url, encoding }))({
    id: "m",
    series: "m",
    start: 0,
    entries,
  });
  const [got] = receiver.got;
  if (!got) throw new Error("nothing was sent");
  return { receipt, ...got };
};
/** As a collector reads it: bytes and numbers as texts. */
const AS_READ = { longs: String, bytes: Array, enums: Number };
const decoded = (bytes: Buffer) => Request.toObject(Request.decode(bytes), AS_READ);

describe("OTLP", () => {
  it("in protobuf is read by the official messages as the very logs that the JSON encoding says", async () => {
    const protobuf = await send("protobuf");
    expect([protobuf.path, protobuf.headers["content-type"]]).toEqual(["/v1/logs", "application/x-protobuf"]);
    receiver.got.length = 0;
    const json = await send("json");
    expect(json.headers["content-type"]).toBe("application/json");
    // JSON has trace and span ids in hex, where protobuf's own mapping would have base64.
    const plain = JSON.parse(json.body.toString(), (key, value: unknown) =>
      (key === "traceId" || key === "spanId") && typeof value === "string" ? [...Buffer.from(value, "hex")] : value,
    ) as object;
    const official = Request.fromObject(plain);
    expect(Request.verify(official)).toBeNull();
    expect(decoded(protobuf.body)).toEqual(Request.toObject(official, AS_READ));
  });

  it("says when, what, how grave and in which trace", async () => {
    const { body } = await send("protobuf");
    const { resourceLogs } = decoded(body) as {
      resourceLogs: {
        resource: { attributes: object[] };
        scopeLogs: { logRecords: Record<string, unknown>[] }[];
      }[];
    };
    expect(resourceLogs[0]?.resource.attributes).toContainEqual({
      key: "service.name",
      value: { stringValue: "gatehouse" },
    });
    const [denied, done] = resourceLogs[0]?.scopeLogs[0]?.logRecords ?? [];
    expect(denied).toMatchObject({
      observedTimeUnixNano: "1795000000123456000",
      severityNumber: 13,
      severityText: "WARN",
      eventName: "gatehouse.sink.test",
      traceId: [...Buffer.from(TRACE.id, "hex")],
      spanId: [...Buffer.from(TRACE.parentId, "hex")],
      attributes: expect.arrayContaining([{ key: "gatehouse.audit.index", value: { intValue: "0" } }]) as object[],
    });
    expect(done).toMatchObject({ severityNumber: 9 });
    expect(done).not.toHaveProperty("traceId");
    expect(JSON.stringify(denied?.body)).toContain('{"key":"durationMs","value":{"doubleValue":1.5}}');
    expect(JSON.stringify(denied?.body)).toContain('"values":[{"boolValue":true},{},{"intValue":"-7"}]');
  });

  it.each(["protobuf", "json"] as const)("of which the receiver took a part alone counts as refused (%s)", async (encoding) => {
    const partialSuccess = { rejectedLogRecords: 1, errorMessage: "too old" };
    const message = Buffer.from(Response.encode(Response.fromObject({ partialSuccess })).finish());
    receiver.says = () => ({ status: 200, body: encoding === "json" ? JSON.stringify({ partialSuccess }) : message });
    expect((await send(encoding)).receipt).toEqual({ kind: "refused", why: "It took a part alone: too old" });
  }); // prettier-ignore

  it.each(["", "\u0000\u0001", "{", "garbage"])("is accepted with an answer that says nothing of it (%j)", async (body) => {
    receiver.says = () => ({ status: 200, body });
    expect((await send("protobuf")).receipt).toEqual({ kind: "accepted" });
    receiver.got.length = 0;
    expect((await send("json")).receipt).toEqual({ kind: "accepted" });
  }); // prettier-ignore
});
