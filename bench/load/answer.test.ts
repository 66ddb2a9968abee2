import { describe, expect, it } from "vitest";
import { parseAnswer } from "./answer";

const OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\nDate: x\r\n\r\n";
const read = (text: string) => {
  const bytes = Buffer.from(text);
  const answer = parseAnswer(bytes, bytes.length);
  return answer && { ...answer, body: bytes.toString("utf8", answer.bodyStart, answer.bodyEnd) };
};

describe("parseAnswer", () => {
  it("reads an answer of known length", () => {
    expect(read(`${OK}{"a":1}`)).toMatchObject({ status: 200, body: '{"a":1}', close: false });
  });

  it("waits until all of it is there, wherever it was cut, and looks at nothing beyond what came in", () => {
    const text = `${OK}{"a":1}`;
    const whole = Buffer.from(text);
    for (let length = 0; length < text.length; length++) expect(parseAnswer(whole, length)).toBeNull();
    for (let length = 0; length < text.length; length++) expect(read(text.slice(0, length))).toBeNull();
  });

  it("reads a chunked answer to its end, wherever it was cut", () => {
    const text = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n';
    expect(read(text)).toMatchObject({ status: 200, bodyEnd: text.length });
    for (let length = 0; length < text.length; length++) expect(read(text.slice(0, length))).toBeNull();
  });

  it("says that the connection ends, and which status it was", () => {
    expect(read("HTTP/1.1 503 x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")).toMatchObject({
      status: 503,
      close: true,
      body: "",
    });
  });

  it("throws on what is no HTTP, and on an answer whose end cannot be known", () => {
    expect(() => read("SSH-2.0-x\r\n\r\n")).toThrow("not an HTTP answer");
    expect(() => read("HTTP/1.1 200 OK\r\n\r\nbody")).toThrow("unknown length");
  });
});
