import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { call, makeAdminToken } from "@/lib/testing/admin-api";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { TestReceiver } from "@/lib/testing/receiver";
import { shipAll, writeEntries } from "@/lib/testing/sinks";
import * as sinks from "./sinks/route";
import * as sink from "./sinks/[id]/route";
import * as letters from "./sinks/[id]/dead-letters/route";
import * as discard from "./sinks/[id]/dead-letters/discard/route";
import * as retry from "./sinks/[id]/dead-letters/retry/route";
import * as pause from "./sinks/[id]/pause/route";
import * as replay from "./sinks/[id]/replay/route";
import * as resume from "./sinks/[id]/resume/route";
import * as test from "./sinks/[id]/test/route";

useTestDatabase();

const tokens = async () => ({
  reader: (await makeAdminToken({ scopes: ["sinks:read"] })).token,
  writer: (await makeAdminToken({ scopes: ["sinks:write"] })).token,
});

describe("the API of sinks", () => {
  it("sets one up, changes, pauses, tests, sets back and removes it, each with its entry", async () => {
    const { writer: token } = await tokens();
    const receiver = await TestReceiver.begin();
    const settings = { url: receiver.url, privateNetwork: true };
    const { entries } = await observe(async () => {
      const made = await call(sinks, "POST", { token, body: { kind: "webhook", name: "Hook", settings } });
      expect(made).toMatchObject({ status: 201, json: { kind: "webhook", secret: expect.stringMatching(/^whsec_/) } });
      const params = { id: String(made.json.id) };
      const on = (route: object, method: "GET" | "POST" | "PATCH" | "DELETE", body?: object) =>
        call(route as typeof sinks, method, { token, params, ...(body ? { body } : {}) });
      expect(await on(sink, "PATCH", { format: "ecs" })).toMatchObject({ status: 200, json: { format: "ecs" } });
      expect(await on(sink, "GET")).toMatchObject({ status: 200, json: { lagEntries: expect.any(Number) as number } });
      expect(await on(pause, "POST")).toMatchObject({ status: 200, json: { status: "paused" } });
      expect(await on(resume, "POST")).toMatchObject({ status: 200, json: { status: "active" } });
      expect(await on(test, "POST")).toMatchObject({ status: 200, json: { ok: true, error: null } });
      expect(await on(replay, "POST", { index: 0 })).toMatchObject({ status: 200, json: { cursor: 0 } });
      expect(await on(replay, "POST", {})).toMatchObject({ status: 422 });
      expect(await on(sink, "DELETE")).toMatchObject({ status: 204 });
      expect(await on(sink, "GET")).toMatchObject({ status: 404, json: { code: "sink_not_found" } });
    });
    await receiver.end();
    expect(entries.map(({ action }) => action).filter((action) => action.startsWith("sink."))).toEqual(
      ["create", "update", "pause", "resume", "test", "replay", "delete"].map((verb) => `sink.${verb}`),
    );
  });

  it("lists dead letters, sends them again and gives them up", async () => {
    const { writer: token } = await tokens();
    const receiver = await TestReceiver.begin();
    receiver.says = ({ body }) => ({ status: body.includes("overview.read") ? 422 : 200 });
    const body = { kind: "webhook", name: "Picky", settings: { url: receiver.url, privateNetwork: true } };
    const made = await call(sinks, "POST", { token, body });
    const params = { id: String(made.json.id) };
    await writeEntries(2);
    await shipAll(params.id);
    await receiver.end();
    const listed = await call(letters, "GET", { token, params, query: "?limit=1" });
    expect(listed).toMatchObject({ status: 200, json: { items: [{ error: "It answered 422." }] } });
    expect(listed.json.nextCursor).not.toBeNull();
    const [{ index = 0 } = {}] = listed.json.items as { index: number }[];
    expect(await call(retry, "POST", { token, params, body: { indices: [index] } })).toMatchObject({ json: { changed: 1 } }); // prettier-ignore
    expect(await call(discard, "POST", { token, params, body: {} })).toMatchObject({ status: 200, json: { changed: 2 } }); // prettier-ignore
  });

  it("lets a reader read alone, and tells nobody a secret", async () => {
    const { reader, writer } = await tokens();
    const body = { kind: "splunk_hec", name: "Splunk", settings: { url: "https://hec.example.com" }, secret: "hec-1234567890" }; // prettier-ignore
    const made = await call(sinks, "POST", { token: writer, body });
    expect(made).toMatchObject({ status: 201, json: { secret: null, hasSecret: true } });
    const listed = await call(sinks, "GET", { token: reader });
    expect(listed).toMatchObject({ status: 200, json: { nextCursor: null } });
    expect(listed.text + made.text).not.toContain("hec-1234567890");
    const refused = await call(sink, "DELETE", { token: reader, params: { id: String(made.json.id) } });
    expect(refused).toMatchObject({ status: 403, json: { code: "forbidden" } });
    expect(await db().auditSink.count({ where: { id: String(made.json.id) } })).toBe(1);
  });

  it("takes a query, and says at which characters it cannot be one, of the language and of a sink alike", async () => {
    const { writer: token } = await tokens();
    const settings = { url: "https://q.example.com" };
    const post = (query: string) =>
      call(sinks, "POST", { token, body: { kind: "loki", name: "Asks", settings, query } });
    const refused = async (query: string) => (await post(query)).json.errors;
    expect(await refused("outcome:alow")).toMatchObject([{ path: "query", code: "bad_query", from: 8, to: 12 }]);
    expect(await refused("a badge:woke")).toMatchObject([{ path: "query", code: "bad_query", from: 2, to: 12 }]);
    expect(await refused("ip:10.0.0.0/8 created:>-1h")).toMatchObject([{ path: "query", from: 22, to: 26 }]);
    const made = await post("outcome:deny,denied");
    expect(made).toMatchObject({ status: 201, json: { query: "outcome:deny,denied", leftOut: 0 } });
    const params = { id: String(made.json.id) };
    expect(await call(sink, "PATCH", { token, params, body: { query: null } })).toMatchObject({
      json: { query: null },
    });
  });

  it.each([
    ["kind", { kind: "carrier_pigeon", name: "x", settings: {} }],
    ["settings.url", { kind: "loki", name: "x", settings: { url: "ftp://x" } }],
    ["settings.colour", { kind: "loki", name: "x", settings: { url: "https://x.example.com", colour: "red" } }],
    ["query", { kind: "loki", name: "x", settings: { url: "https://x.example.com" }, query: "" }],
    ["secret", { kind: "splunk_hec", name: "x", settings: { url: "https://x.example.com" } }],
  ])("answers 422 for the field %s", async (path, body) => {
    const { writer } = await tokens();
    const answered = await call(sinks, "POST", { token: writer, body });
    expect(answered).toMatchObject({ status: 422, json: { code: "validation_failed", errors: [{ path }] } });
  });
});
