import { describe, expect, it } from "vitest";
import { template, TOKEN } from "./request";

const call = (body: string) => ({ method: "POST", path: "/v", headers: { "content-type": "application/json" }, body });

describe("template", () => {
  it("leaves room for every token, and tells where", () => {
    const { bytes, slots } = template(call(`{"é":"${TOKEN}","b":"${TOKEN}"}`), 4);
    for (const [nth, slot] of slots.entries()) bytes.write(`tok${nth}`, slot, "latin1");
    const [head = "", body] = bytes.toString().split("\r\n\r\n");
    expect(body).toBe('{"é":"tok0","b":"tok1"}');
    expect(head.split("\r\n")).toEqual([
      "POST /v HTTP/1.1",
      "host: localhost",
      "content-type: application/json",
      `content-length: ${Buffer.byteLength('{"é":"tok0","b":"tok1"}')}`,
    ]);
  });

  it("takes a body without a token", () => {
    expect(template(call("{}"), 10).slots).toEqual([]);
  });
});
