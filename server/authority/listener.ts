import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { GatehouseError } from "@/lib/errors";
import { PROBLEM_CONTENT_TYPE } from "@/lib/http/problem";
import { newId } from "@/lib/id";
import { log } from "@/lib/log";
import { problemAnswer, send } from "./answer";
import { originOf, type Origin, type TrustedProxies } from "./client-ip";
import { judgeHost } from "@/lib/http/host";
import { sourceOf, type MachineRoute } from "./http";
import { RouteMeter } from "./metrics";
import type { OAuthMount } from "./oauth/mount";
import type { ConsoleProxy } from "./proxy";
import { readBody } from "./read-body";

const MAX_HEADER_BYTES = 32 * 1024;
/** How long the listener waits for its callers, ms. */
export type ListenerLimits = {
  /** For the end of a request's head, from its first byte or the connection's beginning. */
  headersMs: number;
  /** For the end of a whole request. */
  requestMs: number;
  /** For the next request of a connection. */
  keepAliveMs: number;
  /** How often the first two are looked at. */
  checkEveryMs: number;
};
const LIMITS: ListenerLimits = { headersMs: 15_000, requestMs: 60_000, keepAliveMs: 65_000, checkEveryMs: 5_000 };
/** What the console may be asked by: Next fails on TRACE and its like. */
const CONSOLE_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const HSTS = "max-age=31536000; includeSubDomains";

export type ListenerOptions = {
  publicUrl: URL;
  trusted: TrustedProxies;
  routes: readonly MachineRoute[];
  proxy: ConsoleProxy;
  oauth: OAuthMount;
  limits?: ListenerLimits;
};

type Facts = Origin & { requestId: string; path: string };

/** The public listener: answers the machine routes and the OAuth endpoints itself, and passes everything else to the console. */
export function createListener(options: ListenerOptions): Server {
  const byPath = new Map<string, Map<string, MachineRoute>>();
  for (const route of options.routes) {
    const methods = byPath.get(route.path) ?? new Map<string, MachineRoute>();
    byPath.set(route.path, methods.set(route.method, route));
  }
  const meters = new Map([...byPath.keys()].map((path) => [path, new RouteMeter(path)]));
  const consoleMeter = new RouteMeter("console");
  const oauthMeter = new RouteMeter("oauth");
  const secure = options.publicUrl.protocol === "https:";
  const { headersMs, requestMs, keepAliveMs, checkEveryMs } = options.limits ?? LIMITS;
  const bounds = { maxHeaderSize: MAX_HEADER_BYTES, connectionsCheckingInterval: checkEveryMs };
  const server = createServer(bounds, (request, response) => {
    if (secure) response.setHeader("strict-transport-security", HSTS);
    const facts = factsOf(request, options.trusted);
    const methods = byPath.get(facts.path);
    const oauth = !methods && options.oauth.owns(facts.path);
    watch(request, response, facts, meters.get(facts.path) ?? (oauth ? oauthMeter : consoleMeter));
    if (methods) void answerMachine(request, response, methods, facts);
    else if (oauth) void options.oauth.answer(request, response, facts);
    else passToConsole(request, response, facts, options);
  });
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;
  server.keepAliveTimeout = keepAliveMs;
  server.on("clientError", refuseMalformed);
  return server;
}

function factsOf(request: IncomingMessage, trusted: TrustedProxies): Facts {
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  return {
    requestId: newId("request"),
    ...originOf(request.socket.remoteAddress, request.headers, trusted),
    path: mark < 0 ? target : target.slice(0, mark),
  };
}

/** Counts and logs an answer. The query's values and every header stay out of the log. */
function watch(request: IncomingMessage, response: ServerResponse, facts: Facts, meter: RouteMeter): void {
  const method = request.method ?? "GET";
  meter.begin();
  const startedAt = performance.now();
  response.on("close", () => {
    const status = response.headersSent ? response.statusCode : 499;
    const durationMs = performance.now() - startedAt;
    meter.end(method, status, durationMs / 1000);
    // Of 503 there may be thousands a second; `logOutage` tells of them.
    const notable = status >= 500 && status !== 503;
    if (!notable && !log.isDebug()) return;
    const line = {
      requestId: facts.requestId,
      method,
      path: facts.path,
      status,
      ip: facts.ip,
      durationMs: Math.round(durationMs * 10) / 10,
    };
    if (notable) log.warn(line, "request");
    else log.debug(line, "request");
  });
}

async function answerMachine(
  request: IncomingMessage,
  response: ServerResponse,
  methods: ReadonlyMap<string, MachineRoute>,
  facts: Facts,
): Promise<void> {
  const { requestId } = facts;
  const head = request.method === "HEAD";
  try {
    const route = methods.get(head ? "GET" : (request.method ?? ""));
    if (!route) {
      const answer = problemAnswer(new GatehouseError("method_not_allowed"), requestId);
      answer.headers.allow = [...methods.keys(), ...(methods.has("GET") ? ["HEAD"] : [])].join(", ");
      return send(response, answer, { requestId, close: !request.complete });
    }
    const body = await readBody(request, route.maxBodyBytes);
    const answer = await route.handle({
      method: route.method,
      path: facts.path,
      headers: request.headers,
      body,
      requestId,
      source: sourceOf(facts, request.headers),
    });
    send(response, answer, { requestId, head });
  } catch (error) {
    send(response, problemAnswer(error, requestId), { requestId, head, close: !request.complete });
  }
}

function passToConsole(
  request: IncomingMessage,
  response: ServerResponse,
  facts: Facts,
  options: ListenerOptions,
): void {
  const { requestId } = facts;
  const target = request.url ?? "/";
  const refuse = (detail: string) =>
    send(response, problemAnswer(new GatehouseError("invalid_request", { detail }), requestId), {
      requestId,
      close: !request.complete,
    });
  if (!CONSOLE_METHODS.has(request.method ?? "")) {
    const answer = problemAnswer(new GatehouseError("method_not_allowed"), requestId);
    answer.headers.allow = [...CONSOLE_METHODS].join(", ");
    return send(response, answer, { requestId, close: !request.complete });
  }
  if (!isPlainPath(facts.path)) return refuse("The address of the request is not a plain path.");
  const verdict = judgeHost(options.publicUrl, { method: request.method ?? "", target, host: request.headers.host });
  if (verdict.kind === "pass") return options.proxy.pass(request, response, facts);
  if (verdict.kind === "refuse") return refuse(`Gatehouse is at ${options.publicUrl.origin}.`);
  send(
    response,
    { status: 307, headers: { location: verdict.location, "cache-control": "no-store" }, body: "" },
    { requestId, close: !request.complete },
  );
}

/**
 * False for an absolute address and `*`; for two slashes, which a browser would read as another host in a redirect; and
 * for dots, backslashes and broken escapes, which the console would read as another path than was judged here.
 */
function isPlainPath(path: string): boolean {
  if (!path.startsWith("/") || path.startsWith("//") || path.includes("\\")) return false;
  try {
    decodeURIComponent(path);
  } catch {
    return false;
  }
  return !/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}

const MALFORMED: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, "headers_too_large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "request_timeout"],
};

/** What never became a request: answered on the bare socket, in the same form as every other problem. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const [status, code] = MALFORMED[error.code ?? ""] ?? [400, "invalid_request"];
  const title = STATUS_CODES[status] ?? "Bad Request";
  const body = JSON.stringify({
    type: `urn:gatehouse:problem:${code}`,
    title,
    status,
    code,
    detail: title,
    requestId: newId("request"),
    errors: [],
  });
  const headers = [
    `HTTP/1.1 ${status} ${title}`,
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "connection: close",
  ];
  socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
}
