import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loggedEntries, placeFor, TestReceiver } from "@/lib/testing/receiver";
import { TestSwift } from "@/lib/testing/swift";
import { objectKey, s3Receiver } from "./s3";
import { escapeSegment, signedHeaders } from "./sigv4";

const require = createRequire(import.meta.url);
type Signed = { headers: Record<string, string> };
const aws4 = require("aws4") as {
  sign: (request: object, key: { accessKeyId: string; secretAccessKey: string }) => Signed;
};

const BUCKET = "audit-log";
let server: TestSwift;

beforeAll(async () => {
  server = await TestSwift.begin();
  await asked("PUT", `/${BUCKET}`);
}, 60_000);
afterAll(() => server.end());

const place = (settings: object = {}, secret = server.secret) =>
  placeFor("s3", { endpoint: server.endpoint, bucket: BUCKET, accessKeyId: server.accessKeyId, ...settings }, { secret }); // prettier-ignore

/** Asks with signatures of somebody else's making. */
async function asked(method: "GET" | "PUT", path: string): Promise<Buffer> {
  const { host } = new URL(server.endpoint);
  const key = { accessKeyId: server.accessKeyId, secretAccessKey: server.secret };
  const signed = aws4.sign({ host, path, method, service: "s3", region: "us-east-1" }, key);
  const answer = await fetch(`${server.endpoint}${path}`, { method, headers: signed.headers });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}
const read = (path: string) => asked("GET", path);
const indicesIn = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { index: number }).index);

describe("S3", () => {
  it("keeps a stretch of the log as one object of lines, named by its first index", async () => {
    const sent = { id: "m", series: "m", start: 12_000, entries: loggedEntries(3, 12_000) };
    expect(await s3Receiver(place())(sent)).toEqual({ kind: "accepted" });
    const object = await read(`/${BUCKET}/gatehouse/000000012000.ndjson.gz`);
    expect(indicesIn(gunzipSync(object).toString())).toEqual([12_000, 12_001, 12_002]);
  });

  it("has one object and the same bytes where a stretch is written again, and the longer one where it has grown", async () => {
    const entries = loggedEntries(5, 3000);
    const write = (count: number) => s3Receiver(place({ prefix: "again/" }))({ id: "m", series: "m", start: 3000, entries: entries.slice(0, count) }); // prettier-ignore
    await write(3);
    const first = await read(`/${BUCKET}/again/000000003000.ndjson.gz`);
    await write(3);
    expect((await read(`/${BUCKET}/again/000000003000.ndjson.gz`)).equals(first)).toBe(true);
    await write(5);
    const listed = (await read(`/${BUCKET}?prefix=again%2F`)).toString();
    expect(listed.match(/<Key>/g)).toHaveLength(1);
    expect(indicesIn(gunzipSync(await read(`/${BUCKET}/again/000000003000.ndjson.gz`)).toString())).toHaveLength(5);
  });

  it("is let in by its signature alone: a server that recomputes it refuses another secret and another region, and keeps nothing", async () => {
    const sent = { id: "m", series: "m", start: 77_000, entries: loggedEntries(1, 77_000) };
    const told = (why: string) => ({ kind: "later", why: expect.stringContaining(why) as string });
    expect(await s3Receiver(place({}, "another-secret"))(sent)).toMatchObject(told("SignatureDoesNotMatch"));
    expect(await s3Receiver(place({ region: "eu-north-1" }))(sent)).toMatchObject(told("AuthorizationHeaderMalformed"));
    expect((await read(`/${BUCKET}?prefix=gatehouse%2F000000077000`)).toString()).not.toContain("<Key>");
  });

  it("waits, and gives no entry up, where the key is unknown or the bucket is not there", async () => {
    const sent = { id: "m", series: "m", start: 0, entries: loggedEntries(1) };
    expect(await s3Receiver(place({ accessKeyId: "nobody" }))(sent)).toMatchObject({ kind: "later", why: expect.stringContaining("403") }); // prettier-ignore
    expect(await s3Receiver(place({ bucket: "nowhere" }))(sent)).toMatchObject({ kind: "later", why: expect.stringContaining("404") }); // prettier-ignore
  });

  it("takes names with every character that a prefix may have", async () => {
    const settings = { prefix: "a b!c_.*'()/é-".replace(/[ é]/g, ""), gzip: false };
    expect(await s3Receiver(place(settings))({ id: "m", series: "m", start: 0, entries: loggedEntries(1) })).toEqual({ kind: "accepted" }); // prettier-ignore
    const path = objectKey(place(settings).settings, 0).split("/").map(escapeSegment).join("/");
    expect(indicesIn((await read(`/${BUCKET}/${path}`)).toString())).toEqual([0]);
  });
});

const KEY = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

/** What an independent implementation signs. */
function signedByOthers(request: {
  host: string;
  path: string;
  body: Buffer;
  headers: Record<string, string>;
}): string {
  const { host, path, body, headers } = request;
  const signed = aws4.sign(
    {
      ...{ method: "PUT", service: "s3", region: "eu-central-1", host, path, body },
      headers: {
        "content-type": headers["content-type"] ?? "",
        "x-amz-date": headers["x-amz-date"] ?? "",
        "x-amz-content-sha256": headers["x-amz-content-sha256"] ?? "",
      },
      extraHeadersToIgnore: { "content-length": true },
    },
    KEY,
  );
  return signed.headers.Authorization ?? "";
}

describe("AWS Signature Version 4", () => {
  it("is what an independent implementation signs, whatever the path, the body and the time", () => {
    const key = fc.string({ unit: fc.constantFrom(..."abcXYZ09-_~!*'() +=&é"), minLength: 1, maxLength: 30 });
    const date = fc.date({ min: new Date("2020-01-01"), max: new Date("2060-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(key, fc.uint8Array({ maxLength: 50 }), date, (name, bytes, now) => {
        const body = Buffer.from(bytes);
        const url = new URL("https://s3.eu-central-1.example.com");
        url.pathname = `/bucket/${escapeSegment(name)}`;
        const content = { "content-type": "application/gzip" };
        const headers = signedHeaders({ ...{ method: "PUT", url, body, now, region: "eu-central-1" }, ...KEY, headers: content }); // prettier-ignore
        expect(headers.authorization).toBe(signedByOthers({ host: url.host, path: url.pathname, body, headers }));
      }),
    );
  });

  it("is that of the very request that arrives", async () => {
    const receiver = await TestReceiver.begin();
    const { accessKeyId, secretAccessKey } = KEY;
    const settings = { endpoint: receiver.url, accessKeyId, region: "eu-central-1", prefix: "l/(1)/", gzip: false };
    await s3Receiver(place(settings, secretAccessKey))({ id: "m", series: "m", start: 0, entries: loggedEntries(2) });
    const [got] = receiver.got;
    await receiver.end();
    const headers = got?.headers as Record<string, string>;
    expect(headers.authorization).toBe(signedByOthers({ host: headers.host ?? "", path: got?.path ?? "", body: got?.body ?? Buffer.alloc(0), headers })); // prettier-ignore
    expect(got?.path).toBe("/audit-log/l/%281%29/000000000000.ndjson");
  });
});
