import { createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCertificate } from "@/lib/testing/certificate";
import { loggedEntries, placeFor } from "@/lib/testing/receiver";
import { TestSyslog } from "@/lib/testing/syslog";
import type { Batch, LoggedEntry } from "../receiver";
import { frame, syslogReceiver } from "./syslog";

let daemon: TestSyslog;
beforeAll(async () => {
  daemon = await TestSyslog.begin();
});
afterAll(() => daemon.end());

const place = (settings: object = {}) =>
  placeFor("syslog", { host: "localhost", port: daemon.port, caPem: daemon.ca, ...settings });
const batchOf = (entries: LoggedEntry[]): Batch => ({ id: "m", series: "m", start: 0, entries });

async function written(count: number) {
  for (let tries = 0; daemon.messages().length < count && tries < 200; tries++) await sleep(25);
  return daemon.messages();
}

describe("syslog over TLS", () => {
  it("is understood by rsyslog: time, host, program, message id, and the entry as JSON", async () => {
    const before = daemon.messages().length;
    const [first, second] = loggedEntries(2);
    if (!first || !second) throw new Error("two entries");
    const odd = { ...first, outcome: "deny", body: first.body.replace('"test":true', '"name":"Zoë 🛂 \u2028"') };
    expect(await syslogReceiver(place({ appName: "gate", facility: 4 }))(batchOf([odd, second]))).toEqual({ kind: "accepted" }); // prettier-ignore
    const [denied, done] = (await written(before + 2)).slice(before);
    expect(denied).toMatchObject({
      pri: String(4 * 8 + 4),
      host: "gatehouse.example.com",
      app: "gate",
      msgid: "sink.test",
    });
    expect(Date.parse(denied?.time ?? "")).toBe(1_795_000_000_123);
    expect(done?.pri).toBe(String(4 * 8 + 6));
    const said = JSON.parse(denied?.msg ?? "") as { index: number; body: { details: { name: string } } };
    expect([said.index, said.body.details.name]).toEqual([0, "Zoë 🛂 \u2028"]);
  });

  it("loses and doubles nothing in large batches, one after the other", async () => {
    const before = daemon.messages().length;
    for (let nth = 0; nth < 4; nth++)
      expect(await syslogReceiver(place())(batchOf(loggedEntries(500, nth * 500)))).toEqual({ kind: "accepted" });
    const indices = (await written(before + 2000)).slice(before).map(({ msg }) => (JSON.parse(msg) as { index: number }).index); // prettier-ignore
    expect(indices).toEqual(Array.from({ length: 2000 }, (_, idx) => idx));
  });

  it("counts its octets (RFC 5425 §4.3), and is ASCII (RFC 5424 §6.4)", () => {
    const [entry] = loggedEntries(1);
    if (!entry) throw new Error("one entry");
    const framed = frame({ ...entry, body: entry.body.replace('"test":true', '"name":"日本"') }, place());
    const [, length = "", message = ""] = /^(\d+) ([\s\S]*)$/.exec(framed) ?? [];
    expect(Buffer.byteLength(message)).toBe(Number(length));
    expect(message).toMatch(/^<110>1 2026-11-18T\d\d:\d\d:\d\d\.123456Z gatehouse\.example\.com gatehouse - sink\.test - \{[\x20-\x7e]*\}$/); // prettier-ignore
  });

  it("is not sent to a daemon whose certificate is not trusted, or that does not listen", async () => {
    const stranger = makeCertificate(["localhost"]).cert;
    const tls = { kind: "later", why: "No trusted TLS connection could be made." };
    expect(await syslogReceiver(place({ caPem: stranger }))(batchOf(loggedEntries(1)))).toEqual(tls);
    expect(await syslogReceiver(place({ host: "127.0.0.1" }))(batchOf(loggedEntries(1)))).toEqual(tls);
    expect(await syslogReceiver(place({ port: 1 }))(batchOf(loggedEntries(1)))).toMatchObject({ kind: "later" });
    expect(await syslogReceiver(place({ host: "169.254.1.1" }))(batchOf(loggedEntries(1)))).toMatchObject({ why: expect.stringContaining("link-local") }); // prettier-ignore
  });

  it("does not count where the other side goes away before it has read everything", async () => {
    const { cert, key } = makeCertificate(["localhost"]);
    const server = createServer({ cert, key }, (socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.destroy());
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const receipt = await syslogReceiver(place({ port, caPem: cert }))(batchOf(loggedEntries(4000)));
    expect(receipt).toMatchObject({ kind: "later" });
    await new Promise((done) => server.close(done));
  });
});
