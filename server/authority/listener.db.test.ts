import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useTestDatabase } from "@/lib/testing/database";
import { makeServer } from "@/lib/testing/make";
import { makeKey } from "@/lib/testing/make-credentials";
import { closeMachine } from "./routes";
import { startAuthority } from "./testing/authority";

useTestDatabase();

const HOUR_MS = 3_600_000;
const PATIENT = { headersMs: HOUR_MS, requestMs: HOUR_MS, keepAliveMs: HOUR_MS, checkEveryMs: 20 };
const started: { close: () => Promise<void> }[] = [];
let port: number;
let key: string;
beforeAll(async () => {
  port = await start({});
  key = (await makeKey((await makeServer()).id)).secret;
});
afterAll(async () => {
  for (const { close } of started) await close();
  await closeMachine();
});

/** A listener that waits for ever, but for what the test says; its port. */
async function start(limits: Partial<typeof PATIENT>): Promise<number> {
  const authority = await startAuthority({ ...PATIENT, ...limits });
  started.push(authority);
  return authority.port;
}

/** Sends bytes, and then whatever `more` sends; all that came back until the listener closed the connection. */
function untilClosed(to: number, head: string, more?: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let seen = "";
    const socket = connect(to, "127.0.0.1", () => {
      socket.write(head);
      more?.(socket);
    });
    socket.on("data", (chunk: Buffer) => (seen += chunk.toString("latin1")));
    socket.on("error", () => undefined); // it may be closed while it is written to
    socket.on("close", () => resolve(seen));
  });
}

const post = (headers: Record<string, string | number>) =>
  `POST /api/v1/validate HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;

describe("the public listener", () => {
  it("answers huge headers with 431 as a problem, and closes the connection", async () => {
    const answer = await untilClosed(
      port,
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(40_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain("application/problem+json");
    expect(answer).toContain('"code":"headers_too_large"');
  });

  it("answers what is no HTTP with 400 as a problem, and closes the connection", async () => {
    const answer = await untilClosed(port, "\u0016\u0003\u0001\u0002 hello\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"invalid_request"');
  });

  it("waits for the end of a head no longer than it may: 408", async () => {
    const answer = await untilClosed(await start({ headersMs: 50 }), "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ");
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  });

  it("waits for the end of a body no longer than it may: 408, and nothing of it was decided", async () => {
    const to = await start({ headersMs: 50, requestMs: 100 });
    const answer = await untilClosed(
      to,
      `${post({ "content-type": "application/json", "content-length": 100 })}{"token":`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).not.toContain("decision");
  });

  it("closes a connection on which nothing more is asked", async () => {
    const to = await start({ keepAliveMs: 50 });
    const answer = await untilClosed(to, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('{"status":"ok"}');
  });

  it("refuses a body that is announced as too large with 413 before it came, and closes the connection", async () => {
    const answer = await untilClosed(port, post({ "content-type": "application/json", "content-length": 262_145 }));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"payload_too_large"');
  });

  it("refuses a body of no announced size with 413 as soon as it is too large, and reads no further", async () => {
    const head = post({ "content-type": "application/json", "transfer-encoding": "chunked" });
    const answer = await untilClosed(port, head, (socket) => {
      const chunk = `10000\r\n${"x".repeat(0x1_0000)}\r\n`;
      for (let nth = 0; nth < 5; nth++) socket.write(chunk); // its end never comes
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])(
    "refuses a body of the type %j with 415",
    async (type) => {
      const answer = await untilClosed(
        port,
        `${post({ ...(type ? { "content-type": type } : {}), "content-length": 2, connection: "close" })}{}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 415 /);
      expect(answer).toContain('"code":"unsupported_media_type"');
    },
  );
});
