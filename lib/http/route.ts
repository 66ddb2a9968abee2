import "server-only";
import type { Actor, Ctx } from "@/lib/ctx";
import { anonymousPermissions } from "@/lib/authz/permissions";
import { GatehouseError } from "@/lib/errors";
import { isFinal, runOnce, type KeptAnswer } from "@/lib/idempotency/run-once";
import { log } from "@/lib/log";
import { authenticateAdmin } from "@/lib/validate/admin";
import { METHODS, type Answer, type Endpoint, type Keep, type Method, type RouteDefinition } from "./endpoint";
import { requestOrigin } from "./internal";
import { toProblem } from "./problem";
import { readJson } from "./read-json";

/** What Next hands to a route besides the request. A path without parameters resolves to undefined. */
type RouteContext = { params: Promise<Record<string, string | string[] | undefined> | undefined> };
/** A route handler as Next calls it. */
export type Handler = (request: Request, context: RouteContext) => Promise<Response>;

/** The handlers of one path, for every method: those without an endpoint answer 405. */
export type Route = Record<Method | "PUT" | "OPTIONS", Handler>;

const definitions = new WeakMap<Handler, RouteDefinition>();

/** What a handler was made from; null where it is not one of ours. */
export function definitionOf(handler: Handler): RouteDefinition | null {
  return definitions.get(handler) ?? null;
}

/**
 * Makes the handlers of one path of the admin API. Each call is authenticated by its bearer token alone (never by a
 * cookie), parsed, run by the verb, and answered through its response schema; every failure is problem+json.
 */
export function defineRoute(path: string, endpoints: Partial<Record<Method, Endpoint>>): Route {
  const allowed = METHODS.filter((method) => endpoints[method] !== undefined);
  const refuse: Handler = (request) =>
    guarded(request, () => Promise.reject(methodNotAllowed(request, allowed)), allow);
  const allow = { allow: [...allowed, "OPTIONS"].join(", ") };
  const route: Route = {
    ...{ GET: refuse, POST: refuse, PATCH: refuse, DELETE: refuse, PUT: refuse },
    OPTIONS: () => Promise.resolve(new Response(null, { status: 204, headers: allow })),
  };
  for (const method of allowed) {
    const found = endpoints[method];
    if (found) route[method] = serve(found);
  }
  for (const handler of new Set(Object.values(route))) definitions.set(handler, { path, endpoints });
  return route;
}

/** Answers `route_not_found` to whatever comes. */
export const notFound: Handler = (request) =>
  guarded(request, () => Promise.reject(new GatehouseError("route_not_found")));

function methodNotAllowed(request: Request, allowed: readonly string[]): GatehouseError {
  return new GatehouseError("method_not_allowed", {
    detail: `${request.method} is not possible here; ${allowed.join(", ")} ${allowed.length === 1 ? "is" : "are"}.`,
  });
}

function serve(found: Endpoint): Handler {
  return (request, context) =>
    guarded(request, async (anonymous) => {
      const actor = await authenticateAdmin(anonymous, bearer(request.headers.get("authorization")));
      const ctx: Ctx = { ...anonymous, actor };
      const url = new URL(request.url);
      const hasBody = request.method === "POST" || request.method === "PATCH";
      const body = hasBody ? await readJson(request) : {};
      const call = found.prepare({ params: await singleParams(context), query: url.searchParams, body });
      const key = request.headers.get("idempotency-key");
      if (key === null || request.method !== "POST") return toResponse(await call(ctx));
      return onceFor({ key: unquote(key), path: url.pathname, body }, ctx, actor, call);
    });
}

/** Runs a POST under its key; domain errors are kept as answers too, with the request id of the first. */
async function onceFor(
  request: { key: string; path: string; body: unknown },
  ctx: Ctx,
  actor: Extract<Actor, { kind: "token" }>,
  call: (ctx: Ctx, keep: Keep) => Promise<Answer>,
): Promise<Response> {
  const { answer, replayed } = await runOnce(
    { ...request, method: "POST", actorId: actor.tokenId, nowSeconds: ctx.nowSeconds() },
    async (keep): Promise<KeptAnswer> => {
      try {
        return toKept(await call(ctx, (tx, given) => keep(tx, toKept(given))));
      } catch (error) {
        if (!isFinal(error)) throw error;
        const { status, headers, body } = toProblem(error, ctx.requestId);
        return { status, headers, body: JSON.stringify(body) };
      }
    },
  );
  const headers = { ...answer.headers, ...(replayed ? { "idempotency-replayed": "true" } : {}) };
  return new Response(answer.status === 204 ? null : answer.body, { status: answer.status, headers });
}

function toKept(given: Answer): KeptAnswer {
  if (given instanceof Response) throw new GatehouseError("internal", { internal: "a download cannot be kept" });
  return { status: given.status, headers: JSON_HEADERS, body: JSON.stringify(given.body) ?? "" };
}

const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" };

function toResponse(answer: Answer): Response {
  if (answer instanceof Response) return answer;
  if (answer.status === 204) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers: JSON_HEADERS });
}

/** Gives the work a ctx of nobody, maps what it throws, logs what is ours, and sets the headers that every answer has. */
async function guarded(
  request: Request,
  work: (anonymous: Ctx) => Promise<Response>,
  extra: Record<string, string> = {},
): Promise<Response> {
  const origin = requestOrigin(request.headers);
  const { requestId } = origin;
  const actor: Actor = { kind: "anonymous", permissions: anonymousPermissions() };
  let response: Response;
  try {
    response = await work({ ...origin, actor, nowSeconds: () => Date.now() / 1000 });
  } catch (error) {
    const problem = toProblem(error, requestId);
    if (problem.status >= 500) log.error({ err: error, requestId }, "A call of the admin API failed");
    response = new Response(JSON.stringify(problem.body), { status: problem.status, headers: problem.headers });
  }
  for (const [name, value] of Object.entries({ ...extra, "cache-control": "no-store", "x-request-id": requestId })) {
    response.headers.set(name, value);
  }
  return response;
}

/** The token of an `Authorization: Bearer …` header (RFC 6750 §2.1; the scheme in any case); null where there is none. */
function bearer(header: string | null): string | null {
  return /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? "")?.[1] ?? null;
}

/** The draft of the header field writes the key as a quoted string; most clients send it bare. Both are the same key. */
function unquote(key: string): string {
  return /^"([^"\\]*)"$/.exec(key)?.[1] ?? key;
}

async function singleParams(context: RouteContext): Promise<Record<string, string>> {
  const params = (await context.params) ?? {};
  return Object.fromEntries(
    // The rest of a path comes as its parts.
    Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join("/")]])),
  );
}
