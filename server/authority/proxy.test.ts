import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { INTERNAL_HEADERS } from "@/lib/http/internal";
import { createListener } from "./listener";
import { OAuthEngine } from "./oauth/engine";
import { OAuthMount } from "./oauth/mount";
import { createConsoleProxy, type ConsoleProxy } from "./proxy";

type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: string };

const SECRET = "the-secret-of-this-start";
let seen: Seen[];
let console_: Server;
let authority: Server;
let proxy: ConsoleProxy;

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done));

/** OAuth endpoints of an engine that was never started. */
const mountAt = (publicUrl: URL) => new OAuthMount(new OAuthEngine(), publicUrl);

beforeEach(async () => {
  seen = [];
  console_ = createServer((request, response) => {
    if (request.url === "/cookies")
      return void response.writeHead(200, ["set-cookie", "one=1; Path=/", "set-cookie", "two=2; Path=/"]).end();
    if (request.url === "/early") return void response.end("no need to hear more");
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      response.end(`answer to ${request.url}`);
    });
  });
  await listen(console_);
  const publicUrl = new URL("http://gatehouse.example");
  proxy = createConsoleProxy({ secret: SECRET, publicUrl });
  proxy.setPort(portOf(console_));
  authority = createListener({ publicUrl, proxy, trusted: [], routes: [], oauth: mountAt(publicUrl) });
  await listen(authority);
});

afterEach(() => {
  proxy.close();
  authority.closeAllConnections();
  authority.close();
  console_.closeAllConnections();
  console_.close();
});

/** Sends bytes as they are on a connection of its own, and gives what comes back within a moment of quiet. */
function raw(text: string, quietMs = 300): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(portOf(authority), "127.0.0.1", () => socket.write(text, "latin1"));
    let got = "";
    const end = () => {
      socket.destroy();
      resolve(got);
    };
    let timer = setTimeout(end, quietMs);
    socket.on("data", (chunk) => {
      got += chunk.toString("latin1");
      clearTimeout(timer);
      timer = setTimeout(end, quietMs);
    });
    socket.on("close", end);
    socket.on("error", reject);
  });
}

const lines = (...of: string[]) => `${of.join("\r\n")}\r\n\r\n`;
const smuggled = lines("GET /smuggled HTTP/1.1", "host: gatehouse.example", "x-planted: 1");

describe("what reaches the console", () => {
  it.each(["GET", "DELETE", "POST", "OPTIONS"])(
    "is one request for one, though %s says that its length is about the connection alone",
    async (method) => {
      await raw(
        lines(
          `${method} /page HTTP/1.1`,
          "host: gatehouse.example",
          "connection: keep-alive, content-length",
          `content-length: ${smuggled.length}`,
        ) + smuggled,
      );
      expect(seen.map(({ url }) => url)).toEqual(["/page"]);
      expect(seen[0]?.body).toBe(smuggled);
    },
  );

  it("keeps a chunked body whole, whatever the connection header says", async () => {
    await raw(
      lines(
        "GET /page HTTP/1.1",
        "host: gatehouse.example",
        "connection: transfer-encoding",
        "transfer-encoding: chunked",
      ) + `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
    );
    expect(seen.map(({ url }) => url)).toEqual(["/page"]);
  });

  it("refuses a request with a length and chunks", async () => {
    const answer = await raw(
      lines("POST /page HTTP/1.1", "host: gatehouse.example", "content-length: 4", "transfer-encoding: chunked") +
        `0\r\n\r\n${smuggled}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(seen).toEqual([]);
  });

  it("keeps the host, the cookie and the origin, though the connection header names them", async () => {
    await raw(
      lines(
        "POST /page HTTP/1.1",
        "host: gatehouse.example",
        "connection: host, cookie, origin, authorization, x-hop",
        "cookie: a=1",
        "origin: http://gatehouse.example",
        "authorization: Bearer x",
        "x-hop: 1",
        "content-length: 0",
      ),
    );
    expect(seen[0]?.headers).toMatchObject({
      host: "gatehouse.example",
      cookie: "a=1",
      origin: "http://gatehouse.example",
      authorization: "Bearer x",
    });
    expect(seen[0]?.headers["x-hop"]).toBeUndefined();
  });

  it("says our own word on the client, never the caller's", async () => {
    await raw(
      lines(
        "GET /page HTTP/1.1",
        "host: gatehouse.example",
        `connection: ${INTERNAL_HEADERS.secret}, ${INTERNAL_HEADERS.clientIp}`,
        `${INTERNAL_HEADERS.secret}: guess`,
        `${INTERNAL_HEADERS.clientIp}: 10.9.9.9`,
        `${INTERNAL_HEADERS.requestId}: planted`,
        "x-forwarded-for: 10.9.9.9",
        "x-forwarded-host: evil.example",
        "forwarded: for=10.9.9.9",
        "x-middleware-subrequest: middleware",
      ),
    );
    const headers = seen[0]?.headers ?? {};
    expect(headers[INTERNAL_HEADERS.secret]).toBe(SECRET);
    expect(headers[INTERNAL_HEADERS.clientIp]).toBe("127.0.0.1");
    expect(JSON.stringify(headers)).not.toMatch(/10\.9\.9\.9|planted|evil|subrequest/);
  });

  it.each([
    ["an absolute address", "http://evil.example/page"],
    ["two slashes", "//evil.example/page"],
    ["no path", "*"],
    ["dots that lead to a machine's address", "/oauth/../api/v1/validate"],
    ["dots that lead from the admin API to a page", "/api/v1/../../sign-in"],
    ["encoded dots", "/api/v1/%2E%2e/tokens"],
    ["a dot at the end", "/api/v1/tokens/."],
    ["a backslash", "/api/v1/..\\tokens"],
    ["a broken escape", "/tokens/%zz"],
  ])("is no request with %s as its target", async (_what, target) => {
    const answer = await raw(lines(`GET ${target} HTTP/1.1`, "host: gatehouse.example"));
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(seen).toEqual([]);
  });

  it("keeps a question mark's dots and escapes as they are", async () => {
    await raw(lines("GET /page?q=/../%zz HTTP/1.1", "host: gatehouse.example"));
    expect(seen.map(({ url }) => url)).toEqual(["/page?q=/../%zz"]);
  });

  it("says our word first, so that no number of headers pushes it out", async () => {
    const many = Array.from({ length: 1997 }, (_, n) => `h${n}: 1`);
    await raw(lines("GET /page HTTP/1.1", "host: gatehouse.example", ...many), 1000);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers).toMatchObject({
      [INTERNAL_HEADERS.secret]: SECRET,
      [INTERNAL_HEADERS.clientIp]: "127.0.0.1",
    });
  });

  it("refuses a TRACE, which would show cookies to a script", async () => {
    const answer = await raw(lines("TRACE /page HTTP/1.1", "host: gatehouse.example", "cookie: a=1"));
    expect(answer).toMatch(/^HTTP\/1.1 405 /);
    expect(answer).not.toContain("a=1");
    expect(seen).toEqual([]);
  });

  it("is nothing of a CONNECT, and an upgrade is an ordinary request", async () => {
    expect(await raw(lines("CONNECT 127.0.0.1:22 HTTP/1.1", "host: gatehouse.example"))).toBe("");
    expect(seen).toEqual([]);
    await raw(lines("GET /page HTTP/1.1", "host: gatehouse.example", "connection: upgrade", "upgrade: websocket"));
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers.upgrade).toBeUndefined();
  });

  it("does not keep a connection for a caller who was answered before the end of their body", async () => {
    const part = lines("POST /early HTTP/1.1", "host: gatehouse.example", "content-length: 1000") + "the beginning";
    const answers = await Promise.all(Array.from({ length: 5 }, () => raw(part, 1000)));
    expect(answers.map((answer) => answer.slice(0, 12))).toEqual(Array(5).fill("HTTP/1.1 200"));
    expect(await new Promise((told) => console_.getConnections((_error, count) => told(count)))).toBe(0);
  });
});

describe("what the console answers", () => {
  const cookieLines = (answer: string) => answer.split("\r\n").filter((line) => /^set-cookie:/i.test(line));

  it.each([
    ["under http", "http://gatehouse.example", () => undefined],
    ["under https, where the listener has a header of its own", "https://gatehouse.example", () => undefined],
    [
      "while the listener drains",
      "http://gatehouse.example",
      () => authority.prependListener("request", (_request, response) => response.setHeader("connection", "close")),
    ],
  ])("comes back with every cookie it sets, %s", async (_when, address, arrange) => {
    authority.close();
    const there = new URL(address);
    authority = createListener({ publicUrl: there, proxy, trusted: [], routes: [], oauth: mountAt(there) });
    await listen(authority);
    arrange();
    const answer = await raw(lines("GET /cookies HTTP/1.1", "host: gatehouse.example"));
    expect(cookieLines(answer)).toEqual(["set-cookie: one=1; Path=/", "set-cookie: two=2; Path=/"]);
  });
});
