import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loggedEntries, placeFor, TestReceiver } from "@/lib/testing/receiver";
import type { Batch } from "../receiver";
import { retryAfterMs } from "./exchange";
import { lokiReceiver } from "./loki";
import { splunkReceiver } from "./splunk";
import { isWebhookSecret, makeWebhookSecret, webhookReceiver } from "./webhook";

let receiver: TestReceiver;
beforeEach(async () => {
  receiver = await TestReceiver.begin();
});
afterEach(() => receiver.end());

const batch = (count = 3): Batch => ({
  id: "msg_snk_test_0_0_3",
  series: "msg_snk_test_0_0_3",
  start: 0,
  entries: loggedEntries(count),
});
const only = () => {
  expect(receiver.got).toHaveLength(1);
  return receiver.got[0] as (typeof receiver.got)[number];
};
const header = (name: string) => String(only().headers[name]);

describe("a webhook", () => {
  const secret = makeWebhookSecret();
  const place = () => placeFor("webhook", { url: `${receiver.url}/hook?a=b` }, { secret });

  it("is verified by the library of Standard Webhooks, and not where anything of it was changed", async () => {
    const sent = batch();
    expect(await webhookReceiver(place())(sent)).toEqual({ kind: "accepted" });
    const { headers, body, path } = only();
    expect(path).toBe("/hook?a=b");
    const verify = (text: string, by = secret) => new Webhook(by).verify(text, headers as Record<string, string>);
    const payload = verify(body.toString()) as { type: string; data: { entries: { index: number; leaf: string }[] } };
    expect(payload.type).toBe("gatehouse.audit.entries");
    expect(payload.data.entries.map(({ index, leaf }) => ({ index, leaf }))).toEqual(
      sent.entries.map(({ idx, leaf }) => ({ index: idx, leaf })),
    );
    expect(() => verify(body.toString().replace('"index":1', '"index":7'))).toThrow();
    expect(() => verify(body.toString(), makeWebhookSecret())).toThrow();
  });

  it("has the same id and content each time that the same batch is sent", async () => {
    const sent = batch();
    await webhookReceiver(place())(sent);
    await webhookReceiver(place())(sent);
    const [first, second] = receiver.got;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body.equals(first?.body as Buffer)).toBe(true);
  });

  it("takes secrets of 24 to 64 bytes alone", () => {
    const of = (bytes: number) => `whsec_${randomBytes(bytes).toString("base64")}`;
    expect([23, 24, 64, 65].map((bytes) => isWebhookSecret(of(bytes)))).toEqual([false, true, true, false]);
    expect(isWebhookSecret(randomBytes(32).toString("base64"))).toBe(false);
  });
});

describe("Loki", () => {
  it("gets streams of few labels, and each entry as it stands with its time in nanoseconds", async () => {
    const entries = loggedEntries(3).map((entry, nth) => ({ ...entry, outcome: nth === 1 ? "deny" : "allow" }));
    const settings = { url: receiver.url, labels: { env: "prod" }, tenant: "acme" };
    const place = placeFor("loki", { ...settings, authentication: "basic", username: "u" }, { secret: "p:w" });
    await lokiReceiver(place)({ id: "m", series: "m", start: 0, entries });
    expect(only().path).toBe("/loki/api/v1/push");
    expect(header("content-type")).toBe("application/json");
    expect(header("x-scope-orgid")).toBe("acme");
    expect(header("authorization")).toBe(`Basic ${Buffer.from("u:p:w").toString("base64")}`);
    const line = (nth: number) => [
      `${1_795_000_000 + nth}123456000`,
      expect.stringContaining(`"index":${nth},`) as string,
    ];
    expect(JSON.parse(only().body.toString())).toEqual({
      streams: [
        { stream: { service_name: "gatehouse", env: "prod", outcome: "allow" }, values: [line(0), line(2)] },
        { stream: { service_name: "gatehouse", env: "prod", outcome: "deny" }, values: [line(1)] },
      ],
    });
  });
});

describe("Splunk's HTTP Event Collector", () => {
  it("gets one event each, with its time and the sink's metadata", async () => {
    const place = placeFor("splunk_hec", { url: receiver.url, index: "audit" }, { secret: "0000-1111" });
    expect(await splunkReceiver(place)(batch(2))).toEqual({ kind: "accepted" });
    expect(only().path).toBe("/services/collector/event");
    expect(header("authorization")).toBe("Splunk 0000-1111");
    const events = only()
      .body.toString()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: { index: number } });
    expect(events.map(({ event, ...meta }) => [event.index, meta])).toEqual(
      [0, 1].map((nth) => [
        nth,
        {
          time: 1_795_000_000.123456 + nth,
          host: "gatehouse.example.com",
          source: "gatehouse",
          sourcetype: "gatehouse:audit",
          index: "audit",
        },
      ]),
    );
  });

  it("counts as received only when the indexers say so, where that is asked for", async () => {
    let asked = 0;
    receiver.says = ({ path, body }) => {
      if (path === "/services/collector/event") return { status: 200, body: '{"text":"Success","code":0,"ackId":7}' };
      expect(JSON.parse(body.toString())).toEqual({ acks: [7] });
      return { status: 200, body: JSON.stringify({ acks: { "7": ++asked > 1 } }) };
    };
    const place = placeFor("splunk_hec", { url: receiver.url, acknowledge: true }, { secret: "t" });
    expect(await splunkReceiver(place)(batch())).toEqual({ kind: "accepted" });
    expect(receiver.got.map(({ path }) => path)).toEqual(["event", "ack", "ack"].map((last) => `/services/collector/${last}`)); // prettier-ignore
    expect(new Set(receiver.got.map(({ headers }) => headers["x-splunk-request-channel"])).size).toBe(1);
  });
});

describe("what a receiver answers", () => {
  const answered = async (status: number, headers = {}, body = "") => {
    receiver.says = () => ({ status, headers, body });
    return lokiReceiver(placeFor("loki", { url: receiver.url }))(batch());
  };

  it.each([200, 202, 204])("%i is received", async (status) => {
    expect(await answered(status)).toEqual({ kind: "accepted" });
  });

  it.each([400, 409, 413, 415, 422])("%i refuses the entries for good", async (status) => {
    expect(await answered(status)).toMatchObject({ kind: "refused" });
  });

  it.each([301, 401, 403, 404, 405, 408, 410, 425, 429, 500, 502, 503, 504])(
    "%i is no entry's fault: they wait",
    async (status) => {
      expect(await answered(status, { location: "http://127.0.0.1:1/" })).toMatchObject({ kind: "later" });
    },
  );

  it("tells how long to wait, in seconds or as a date", async () => {
    expect(await answered(429, { "retry-after": "17" })).toMatchObject({ kind: "later", retryAfterMs: 17_000 });
    const now = Date.parse("2026-11-22T06:00:00Z");
    expect(retryAfterMs("Sun, 22 Nov 2026 06:01:00 GMT", now)).toBe(60_000);
    expect([retryAfterMs("soon", now), retryAfterMs("-1", now), retryAfterMs(null, now)]).toEqual([undefined, undefined, undefined]); // prettier-ignore
    expect(retryAfterMs("99999999", now)).toBe(3_600_000);
  });

  it("is told in its own words without the secret, however it is quoted", async () => {
    const secret = "s3cr3t-token-of-loki";
    receiver.says = () => ({ status: 400, body: `no such tenant for ${secret}` });
    const place = placeFor("loki", { url: receiver.url, authentication: "bearer" }, { secret });
    const receipt = await lokiReceiver(place)(batch());
    expect(JSON.stringify(receipt)).toContain("no such tenant");
    expect(JSON.stringify(receipt)).not.toContain(secret);
  });

  it("is nothing where it does not listen, and the entries wait", async () => {
    const { url } = receiver;
    await receiver.end();
    expect(await lokiReceiver(placeFor("loki", { url }))(batch())).toMatchObject({ kind: "later" });
    receiver = await TestReceiver.begin();
  });

  it("is never asked where the address is one of a metadata service, or private without the switch", async () => {
    const to = (url: string, privateNetwork: boolean) =>
      lokiReceiver(placeFor("loki", { url, privateNetwork }))(batch());
    expect(await to("https://169.254.169.254/x", true)).toMatchObject({ kind: "later", why: expect.stringContaining("link-local") }); // prettier-ignore
    expect(await to("https://127.0.0.1:1/x", false)).toMatchObject({ kind: "later", why: expect.stringContaining("not a public address") }); // prettier-ignore
  });
});
