import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseQuery, parseWith } from "./parse";
import { MAX_BODY_BYTES, readJson } from "./read-json";

const post = (body: BodyInit | null, headers: Record<string, string> = { "content-type": "application/json" }) =>
  new Request("http://gatehouse.test/", { method: "POST", body, headers, duplex: "half" } as RequestInit);

/** A body that arrives in pieces and names no length. */
function streamed(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new Uint8Array(Math.min(left, 65_536)).fill(32));
      left -= 65_536;
    },
  });
}

describe("readJson", () => {
  it("reads JSON, and an empty body as an object without fields", async () => {
    expect(await readJson(post('{"a":1}', { "content-type": "application/json; charset=utf-8" }))).toEqual({ a: 1 });
    expect(await readJson(post(null, {}))).toEqual({});
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"])(
    "refuses %s as unsupported_media_type",
    async (type) => {
      await expect(readJson(post("{}", { "content-type": type }))).rejects.toMatchObject({
        code: "unsupported_media_type",
      });
    },
  );

  it.each(["gzip", "br", "deflate, gzip"])("refuses a body encoded as %s, and says what to send", async (encoding) => {
    const headers = { "content-type": "application/json", "content-encoding": encoding };
    await expect(readJson(post("{}", headers))).rejects.toMatchObject({
      code: "unsupported_media_type",
      detail: "Send the body uncompressed, without Content-Encoding.",
    });
  });

  it("reads a body whose encoding is identity", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "Identity" };
    expect(await readJson(post('{"a":1}', headers))).toEqual({ a: 1 });
  });

  it("refuses a body without a content type", async () => {
    await expect(readJson(post(streamed(2), {}))).rejects.toMatchObject({ code: "unsupported_media_type" });
  });

  it.each(["{", "", "nul", "{'a':1}", '{"a":1}}'].filter(Boolean))("answers malformed_json to %j", async (text) => {
    await expect(readJson(post(text))).rejects.toMatchObject({ code: "malformed_json" });
  });

  it("answers malformed_json to bytes that are not UTF-8", async () => {
    await expect(readJson(post(new Uint8Array([0x22, 0xff, 0x22])))).rejects.toMatchObject({ code: "malformed_json" });
  });

  it("counts what arrives, not what the header claims", async () => {
    await expect(readJson(post(streamed(MAX_BODY_BYTES + 1)))).rejects.toMatchObject({ code: "payload_too_large" });
    await expect(readJson(post(`"${"a".repeat(MAX_BODY_BYTES)}"`))).rejects.toMatchObject({
      code: "payload_too_large",
    });
    expect(await readJson(post(`"${"a".repeat(MAX_BODY_BYTES - 2)}"`))).toHaveLength(MAX_BODY_BYTES - 2);
  });

  it.each([
    ['{"name":"a\\u0000b"}', "name"],
    ['{"list":["ok","\\ud800"]}', "list.1"],
    ['{"a":{"\\udfff":1}}', "a"],
  ])("names the place of NUL and lone surrogates in %s", async (text, path) => {
    await expect(readJson(post(text))).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path, code: "invalid_text" }],
    });
  });

  it("refuses what nests too deep instead of running out of stack", async () => {
    const deep = "[".repeat(400_000) + "]".repeat(400_000);
    await expect(readJson(post(deep))).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("parseWith", () => {
  it("names each field at fault by its dotted path, and unknown fields by their own", () => {
    const schema = z.strictObject({ items: z.array(z.strictObject({ token: z.string() })) });
    expect(() => parseWith(schema, { items: [{ token: 1, extra: 2 }], more: 3 })).toThrow(
      expect.objectContaining({
        code: "validation_failed",
        fields: [
          expect.objectContaining({ path: "items.0.token", code: "invalid_type" }),
          expect.objectContaining({ path: "items.0.extra", code: "unknown_field" }),
          expect.objectContaining({ path: "more", code: "unknown_field" }),
        ],
      }),
    );
  });
});

describe("parseQuery", () => {
  const schema = z.object({ q: z.string().optional(), action: z.array(z.string()).default([]) });
  const query = (text: string) => parseQuery(schema, new URLSearchParams(text));

  it("takes lists repeated and separated by commas", () => {
    expect(query("action=a,b&action=c&action=")).toEqual({ action: ["a", "b", "c"] });
    expect(query("q=a,b")).toEqual({ q: "a,b", action: [] });
  });

  it.each([
    ["q=a&q=b", "q", "repeated"],
    ["personID=x", "personID", "unknown_field"],
    ["q=a%00", "q", "invalid_text"],
    ["constructor=x", "constructor", "unknown_field"],
  ])("refuses %s", (text, path, code) => {
    expect(() => query(text)).toThrow(
      expect.objectContaining({ code: "validation_failed", fields: [expect.objectContaining({ path, code })] }),
    );
  });
});
