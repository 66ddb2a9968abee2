import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { GatehouseError } from "@/lib/errors";
import { judgeHost } from "@/lib/http/host";
import type { MachineInput } from "@/lib/http/machine";
import { problemAnswer, send } from "../answer";
import type { Origin } from "../client-ip";
import { sourceOf } from "../http";
import { readBody } from "../read-body";
import { answering } from "./asking";
import type { OAuthEngine } from "./engine";
import { RESOURCES_PATH } from "@/lib/oauth/protected-resource";
import { protectedResource } from "./protected-resource";
import { register } from "./register";
import { METADATA_PATHS, OAUTH_ROUTES, OWN_ROUTES } from "./routes";
import { canonicalResource } from "./spelling";

const MAX_BODY_BYTES = 56 * 1024;
const FORM = "application/x-www-form-urlencoded";

const ENGINE_PATHS: ReadonlySet<string> = new Set([...Object.values(OAUTH_ROUTES), ...METADATA_PATHS]);
/** Pages of a person's browser: these live under our one address alone. */
const BROWSER_PATHS: readonly string[] = [
  OAUTH_ROUTES.authorization,
  OAUTH_ROUTES.code_verification,
  OAUTH_ROUTES.end_session,
];

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "authorization, content-type, mcp-protocol-version, mcp-method, mcp-name",
  "access-control-max-age": "3600",
};

type Facts = Origin & { requestId: string; path: string };

/** The OAuth endpoints on the public listener: what the engine answers, and the registration of clients. */
export class OAuthMount {
  constructor(
    readonly engine: OAuthEngine,
    readonly publicUrl: URL,
  ) {}

  /** True where a path is one of ours, or below it (a request that goes on after its person answered). */
  owns(path: string): boolean {
    if (ENGINE_PATHS.has(path) || path === OWN_ROUTES.registration || path.startsWith(RESOURCES_PATH)) return true;
    return BROWSER_PATHS.some((begin) => path.startsWith(`${begin}/`));
  }

  async answer(request: IncomingMessage, response: ServerResponse, facts: Facts): Promise<void> {
    const { requestId } = facts;
    try {
      if (facts.path.startsWith(RESOURCES_PATH)) {
        const answer = await protectedResource(request.method ?? "", facts.path);
        return send(response, answer, { requestId, head: request.method === "HEAD", close: !request.complete });
      }
      const location = this.#elsewhere(request, facts.path);
      if (location)
        return send(
          response,
          { status: 307, headers: { location, "cache-control": "no-store" }, body: "" },
          { requestId },
        );
      const body = await readBody(request, MAX_BODY_BYTES);
      const input: MachineInput = {
        headers: request.headers,
        body,
        requestId,
        source: sourceOf(facts, request.headers),
      };
      await answering(input, () =>
        facts.path === OWN_ROUTES.registration
          ? this.#register(request, response, input)
          : this.#pass(request, response, input),
      );
    } catch (error) {
      send(response, problemAnswer(error, requestId), { requestId, close: !request.complete });
    }
  }

  /** Where a browser belongs that came by another spelling of our address. Throws `invalid_request` for a foreign one. */
  #elsewhere(request: IncomingMessage, path: string): string | null {
    if (!BROWSER_PATHS.some((begin) => path === begin || path.startsWith(`${begin}/`))) return null;
    const target = request.url ?? "/";
    const verdict = judgeHost(this.publicUrl, { method: request.method ?? "", target, host: request.headers.host });
    if (verdict.kind === "refuse")
      throw new GatehouseError("invalid_request", { detail: `Gatehouse is at ${this.publicUrl.origin}.` });
    return verdict.kind === "redirect" ? verdict.location : null;
  }

  async #register(request: IncomingMessage, response: ServerResponse, input: MachineInput): Promise<void> {
    const { requestId } = input;
    if (request.method === "OPTIONS") return send(response, { status: 204, headers: CORS, body: "" }, { requestId });
    if (request.method !== "POST") throw new GatehouseError("method_not_allowed");
    const { status, body } = await register(input.body);
    const headers = { ...CORS, "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
    send(response, { status, headers, body: JSON.stringify(body) }, { requestId });
  }

  async #pass(request: IncomingMessage, response: ServerResponse, input: MachineInput): Promise<void> {
    const callback = this.engine.callback();
    if (!callback)
      throw new GatehouseError("unavailable", { internal: "no signing key is known yet", retryAfterSeconds: 1 });
    response.setHeader("x-request-id", input.requestId);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("referrer-policy", "no-referrer");
    await callback(await this.#retold(request, input.body), response);
  }

  /** The request with `resource` in its registered spelling, and with the scheme that the public address has. */
  async #retold(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const target = request.url ?? "/";
    const mark = target.indexOf("?");
    const query = mark < 0 ? null : await canonicalResource(new URLSearchParams(target.slice(mark + 1)));
    const url = query ? `${target.slice(0, mark)}?${query.toString()}` : target;
    const isForm = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() === FORM;
    const form = isForm
      ? Buffer.from((await canonicalResource(new URLSearchParams(body.toString("utf8")))).toString())
      : body;
    const { "transfer-encoding": _chunked, "x-forwarded-host": _host, ...headers } = request.headers;
    const retold = Readable.from(form.length > 0 ? [form] : [], { objectMode: false });
    Object.assign(retold, {
      method: request.method,
      url,
      originalUrl: url,
      headers: {
        ...headers,
        // The engine makes its own addresses of it: what a client's proofs must be made out to is not the caller's to say.
        host: this.publicUrl.host,
        ...(form.length > 0 || request.method === "POST" ? { "content-length": String(form.length) } : {}),
        "x-forwarded-proto": this.publicUrl.protocol.slice(0, -1),
      },
      httpVersion: request.httpVersion,
      httpVersionMajor: request.httpVersionMajor,
      httpVersionMinor: request.httpVersionMinor,
      socket: request.socket,
      connection: request.socket,
    });
    return retold as unknown as IncomingMessage;
  }
}
