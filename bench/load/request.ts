/** Stands in a body for a token. */
export const TOKEN = "{{token}}";

/** The calls of one target: the same request each time but for the tokens in it, which all have the same length. */
export type Call = {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** With `TOKEN` wherever a token belongs; may have none. */
  body: string;
};

/** A request as bytes, and where its tokens go. */
export type Template = { bytes: Buffer; slots: readonly number[] };

/** The HTTP/1.1 request of a call, with room for its tokens. */
export function template(call: Call, tokenLength: number): Template {
  const parts = call.body.split(TOKEN);
  const body = parts.join(" ".repeat(tokenLength));
  const headers = { host: "localhost", ...call.headers, "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${call.method} ${call.path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  const slots: number[] = [];
  let position = Buffer.byteLength(head);
  for (const part of parts.slice(0, -1)) {
    position += Buffer.byteLength(part);
    slots.push(position);
    position += tokenLength;
  }
  return { bytes: Buffer.from(head + body), slots };
}
