import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { makeSink, shipAll } from "@/lib/testing/sinks";
import { makeCertificate } from "@/lib/testing/certificate";
import { createSink } from "./create";
import { deleteSink } from "./delete";
import { getSink, listSinks } from "./list";
import { pauseSink, resumeSink } from "./pause";
import { replaySink } from "./replay";
import { createSinkSchema, sinkSchema } from "./schema";
import { testSink } from "./send-test";
import { updateSink } from "./update";
import { TestReceiver } from "@/lib/testing/receiver";

useTestDatabase();

const HEC_TOKEN = "11111111-2222-3333-4444-555555555555";
const hec = (more: object = {}) => ({ url: "https://hec.example.com:8088", ...more });
let nth = 0;
const wanted = (kind: string, settings: object, more: object = {}) =>
  createSinkSchema.parse({ kind, name: `Wanted ${++nth}`, settings, ...more });
const personWith = async (consoleRole: "owner" | "admin" | "auditor" | "member") => ({
  ...(await makePerson({ consoleRole })),
  consoleRole,
});
beforeEach(() => db().auditSink.deleteMany());

describe("createSink", () => {
  it("starts at the present end of the log, with one entry that tells the settings and no secret", async () => {
    const input = wanted("splunk_hec", hec({ index: "audit" }), { secret: HEC_TOKEN });
    const { result, entries } = await observe(() => createSink(systemCtx(), input));
    expect(entries).toMatchObject([
      {
        action: "sink.create",
        targetId: result?.id,
        body: { details: { kind: "splunk_hec", settings: { index: "audit" } } },
      },
    ]);
    expect(result).toMatchObject({ cursor: Number(entries[0]?.idx), lagEntries: 0, hasSecret: true, secret: null });
    expect(JSON.stringify([entries.map(({ body }) => body), result])).not.toContain(HEC_TOKEN);
    const row = await db().auditSink.findUniqueOrThrow({ where: { id: result?.id ?? "" } });
    expect(Buffer.from(row.sealedSecret ?? []).includes(HEC_TOKEN)).toBe(false);
    expect(sinkSchema.parse(await getSink(systemCtx(), { sinkId: row.id }))).not.toHaveProperty("secret");
  });

  it("makes a webhook's secret where none is given, and tells it this once", async () => {
    const made = await makeSink("webhook", { url: "https://hooks.example.com/" });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { items } = await listSinks(systemCtx(), {});
    expect(JSON.stringify(items)).not.toContain(made.secret);
  });

  it.each([
    ["a secret is missing", "splunk_hec", hec(), {}, "secret"],
    ["one is given that nothing uses", "loki", { url: "https://l.example.com" }, { secret: "x" }, "secret"],
    ["a webhook's is of another form", "webhook", { url: "https://h.example.com" }, { secret: "short" }, "secret"],
    [
      "a certificate is none",
      "loki",
      { url: "https://l.example.com", caPem: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----" },
      {},
      "settings.caPem",
    ],
    [
      "a key is not that of the certificate",
      "syslog",
      { host: "s.example.com", clientCertPem: makeCertificate(["a"]).cert.trim() },
      { secret: makeCertificate(["b"]).key },
      "secret",
    ],
  ])("refuses what would fail at every try: %s", async (_what, kind, settings, more, path) => {
    await expect(createSink(systemCtx(), wanted(kind, settings, more))).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path }],
    });
  });

  it.each([
    ["plain http in public", "loki", { url: "http://l.example.com" }],
    ["credentials in the address", "loki", { url: "https://u:p@l.example.com" }],
    ["basic authentication without a name", "loki", { url: "https://l.example.com", authentication: "basic" }],
    [
      "a header of the protocol",
      "otlp",
      { url: "https://o.example.com", authentication: "header", header: "Content-Length" },
    ],
    ["a path in the endpoint", "s3", { endpoint: "https://s3.example.com/bucket", bucket: "log", accessKeyId: "A" }],
    ["a setting of another kind", "webhook", { url: "https://h.example.com", index: "x" }],
  ])("does not parse %s", (_what, kind, settings) => {
    expect(createSinkSchema.safeParse({ kind, name: "x", settings, secret: "x" }).success).toBe(false);
  });

  it("takes no second sink of the same name", async () => {
    await createSink(systemCtx(), wanted("splunk_hec", hec(), { secret: HEC_TOKEN, name: "Same" } as object));
    await expect(createSink(systemCtx(), { ...wanted("splunk_hec", hec(), { secret: HEC_TOKEN }), name: "Same" })).rejects.toMatchObject({ code: "name_taken" }); // prettier-ignore
  });
});

describe("who may", () => {
  it("see sinks: owners, admins and auditors; change them: owners and admins who have just proved who they are", async () => {
    const sink = await makeSink("webhook", { url: "https://h.example.com" });
    const act = async (role: "owner" | "admin" | "auditor" | "member", reauthenticatedAtSeconds?: number) => {
      const ctx = personCtx(await personWith(role), reauthenticatedAtSeconds === undefined ? {} : { reauthenticatedAtSeconds }); // prettier-ignore
      const code = (promise: Promise<unknown>) =>
        promise.then(
          () => "ok",
          (error: { code?: string }) => error.code,
        );
      return [await code(getSink(ctx, { sinkId: sink.id })), await code(pauseSink(ctx, { sinkId: sink.id }))];
    };
    expect(await act("owner")).toEqual(["ok", "ok"]);
    expect(await act("admin")).toEqual(["ok", "ok"]);
    expect(await act("admin", 0)).toEqual(["ok", "reauthentication_required"]);
    expect(await act("auditor")).toEqual(["ok", "forbidden"]);
    expect(await act("member")).toEqual(["forbidden", "forbidden"]);
  });
});

describe("updateSink", () => {
  it("keeps the secret, but never sends it to another place than it was given for", async () => {
    const sink = await createSink(systemCtx(), wanted("splunk_hec", hec(), { secret: HEC_TOKEN }));
    const change = (settings: object, secret?: string) =>
      updateSink(systemCtx(), { sinkId: sink.id, settings: settings as Record<string, unknown>, secret });
    const { entries } = await observe(() => change(hec({ index: "other" })));
    expect(entries).toMatchObject([{ action: "sink.update", body: { changes: [{ field: "settings" }] } }]);
    await expect(change({ url: "https://evil.example.com" })).rejects.toMatchObject({ fields: [{ path: "secret" }] });
    expect((await change({ url: "https://new.example.com" }, "another")).hasSecret).toBe(true);
    await expect(change({ url: "nonsense" })).rejects.toMatchObject({ fields: [{ path: "settings.url" }] });
  });

  it("leaves no entry where nothing changes, and one without the secret where that alone does", async () => {
    const sink = await createSink(systemCtx(), wanted("splunk_hec", hec(), { secret: HEC_TOKEN }));
    const same = await observe(() => updateSink(systemCtx(), { sinkId: sink.id, name: sink.name }));
    expect(same.entries).toEqual([]);
    const other = await observe(() => updateSink(systemCtx(), { sinkId: sink.id, secret: "0000-new-secret" }));
    expect(other.entries).toHaveLength(1);
    expect(JSON.stringify(other.entries.map(({ body }) => body))).not.toContain("0000-new-secret");
  });
});

describe("pausing, removing, testing", () => {
  it("are recorded once, and say sink_not_found of what is not there", async () => {
    const sink = await makeSink("webhook", { url: "https://h.example.com" });
    const input = { sinkId: sink.id };
    const { entries } = await observe(async () => {
      await pauseSink(systemCtx(), input);
      expect(await pauseSink(systemCtx(), input)).toMatchObject({ status: "paused" });
      expect(await shipAll(sink.id)).toBe("gone");
      await resumeSink(systemCtx(), input);
      await deleteSink(systemCtx(), input);
    });
    expect(entries.map(({ action }) => action)).toEqual(["sink.pause", "sink.resume", "sink.delete"]);
    for (const verb of [pauseSink, resumeSink, deleteSink, testSink, getSink] as const)
      await expect(verb(systemCtx(), input)).rejects.toMatchObject({ code: "sink_not_found" });
    await expect(replaySink(systemCtx(), { ...input, index: 0 })).rejects.toMatchObject({ code: "sink_not_found" });
    expect(await shipAll(sink.id)).toBe("gone");
  });

  it("sends one event that says that it is a test, and tells what came of it", async () => {
    const receiver = await TestReceiver.begin();
    const sink = await makeSink("webhook", { url: receiver.url });
    const good = await observe(() => testSink(systemCtx(), { sinkId: sink.id }));
    expect(good.result).toMatchObject({ ok: true, error: null });
    expect(receiver.got[0]?.body.toString()).toContain('"index":null,"test":true');
    receiver.says = () => ({ status: 500, body: "down for repairs" });
    const bad = await observe(() => testSink(systemCtx(), { sinkId: sink.id }));
    expect(bad.result).toMatchObject({ ok: false, error: "It answered 500: down for repairs" });
    expect([...good.entries, ...bad.entries].map(({ outcome }) => outcome)).toEqual(["success", "failure"]);
    await receiver.end();
  });
});
