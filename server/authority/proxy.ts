import { Agent, request as openRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { INTERNAL_HEADERS } from "@/lib/http/internal";
import { log } from "@/lib/log";
import { problemAnswer, send } from "./answer";
import type { Origin } from "./client-ip";
import { announcedBytes, tooLarge } from "./read-body";
import { consoleAway } from "./waiting-page";

/** The longest body that the console is asked to take, bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** RFC 9110 §7.6.1: these are about one connection and are not passed on. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/**
 * Never about one connection, though its `Connection` header may say so (RFC 9110 §7.6.1 forbids that, which stops
 * nobody). Without its length a body would be read as the next request of that connection, which is somebody else's.
 */
const END_TO_END = new Set([
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "host",
  "origin",
  "sec-fetch-site",
]);
/** Ours to say, never the caller's. */
const FROM_OUTSIDE = new Set<string>([
  ...Object.values(INTERNAL_HEADERS),
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
  "x-request-id",
  // Next's own signal that its middleware has run already: from outside it would be a way around it.
  "x-middleware-subrequest",
]);

type Facts = Origin & { requestId: string };

/** Passes requests on to the console, streaming both ways. */
export type ConsoleProxy = {
  pass: (request: IncomingMessage, response: ServerResponse, facts: Facts) => void;
  /** Where the console listens now; null while it does not. */
  setPort: (port: number | null) => void;
  close: () => void;
};

/** The headers that go on: raw pairs, so that repeated ones stay, without those of the connection. */
function passedHeaders(raw: readonly string[], connection: string | undefined, drop: ReadonlySet<string>): string[] {
  const named = new Set(
    (connection ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => !END_TO_END.has(name)),
  );
  const passed: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || drop.has(lower) || named.has(lower)) continue;
    passed.push(name, raw[index + 1] ?? "");
  }
  return passed;
}

/** Makes the proxy; `secret` proves to the console that the request came through here. */
export function createConsoleProxy(options: { secret: string; publicUrl: URL }): ConsoleProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: 65_000 });
  let port: number | null = null;
  const ownHeaders = (request: IncomingMessage, facts: Facts) => [
    INTERNAL_HEADERS.secret,
    options.secret,
    INTERNAL_HEADERS.requestId,
    facts.requestId,
    ...(facts.proxies ? [INTERNAL_HEADERS.proxies, facts.proxies.join(",")] : []),
    ...(facts.ip ? [INTERNAL_HEADERS.clientIp, facts.ip, "x-forwarded-for", facts.ip] : []),
    "x-forwarded-host",
    request.headers.host ?? options.publicUrl.host,
    "x-forwarded-proto",
    options.publicUrl.protocol.slice(0, -1),
  ];

  const pass: ConsoleProxy["pass"] = (request, response, facts) => {
    const { requestId } = facts;
    if ((announcedBytes(request) ?? 0) > MAX_BODY_BYTES)
      return send(response, problemAnswer(tooLarge(MAX_BODY_BYTES), requestId), { requestId, close: true });
    const away = () => {
      send(response, consoleAway(request.headers.accept, requestId), {
        requestId,
        head: request.method === "HEAD",
        close: !request.complete,
      });
    };
    if (port === null) return away();
    const hasBody =
      request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
    // Ours first: of a great number of headers the console reads only the first ones.
    const headers = ownHeaders(request, facts);
    if (request.headers["transfer-encoding"] !== undefined) headers.push("transfer-encoding", "chunked");
    headers.push(...passedHeaders(request.rawHeaders, request.headers.connection, FROM_OUTSIDE));
    const attempt = (again: boolean) => {
      const upstream = openRequest({
        host: "127.0.0.1",
        port,
        agent,
        method: request.method,
        path: request.url,
        headers,
      });
      upstream.on("response", (answer) => passBack(answer, response, requestId));
      upstream.on("error", (error: NodeJS.ErrnoException) => {
        if (response.destroyed || response.writableEnded) return;
        // An idle connection that the console closed at this very moment: nothing was sent that could have had an effect.
        if (again && !hasBody && upstream.reusedSocket && error.code === "ECONNRESET") return attempt(false);
        log.warn({ err: error, requestId }, "The console did not answer");
        if (response.headersSent) response.destroy();
        else away();
      });
      response.once("close", () => {
        if (response.writableFinished && upstream.writableFinished) return;
        // Who left, or was answered before the end of their body, must not keep a connection to the console.
        request.unpipe(upstream);
        request.resume();
        upstream.destroy();
      });
      if (hasBody)
        passBody(request, upstream, () => {
          upstream.destroy();
          send(response, problemAnswer(tooLarge(MAX_BODY_BYTES), requestId), { requestId, close: true });
        });
      else upstream.end();
    };
    attempt(true);
  };
  return { pass, setPort: (now) => void (port = now), close: () => agent.destroy() };
}

function passBody(request: IncomingMessage, upstream: NodeJS.WritableStream, onTooLarge: () => void): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) return;
    request.unpipe(upstream);
    request.pause();
    onTooLarge();
  });
  request.pipe(upstream);
}

/**
 * Header pairs by name, every value of a repeated one kept. Node keeps only the last of repeated raw pairs where the
 * answer has a header already, as it has under https and while draining: of two cookies one would be lost.
 */
function groupByName(pairs: readonly string[]): Record<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const name = (pairs[index] ?? "").toLowerCase();
    grouped.set(name, [...(grouped.get(name) ?? []), pairs[index + 1] ?? ""]);
  }
  return Object.fromEntries(grouped);
}

function passBack(answer: IncomingMessage, response: ServerResponse, requestId: string): void {
  const headers = passedHeaders(answer.rawHeaders, answer.headers.connection, new Set(["x-request-id"]));
  response.writeHead(answer.statusCode ?? 502, groupByName([...headers, "x-request-id", requestId]));
  answer.pipe(response);
  answer.once("error", () => response.destroy());
  answer.once("close", () => {
    if (!answer.complete) response.destroy();
  });
}
