import type { ServerResponse } from "node:http";
import { GatehouseError } from "@/lib/errors";
import { toProblem } from "@/lib/http/problem";
import { log } from "@/lib/log";
import type { MachineResponse } from "./http";

/** Sends a finished answer. `close` ends the connection after it (part of the request was left unread). */
export function send(
  response: ServerResponse,
  answer: MachineResponse,
  options: { requestId: string; head?: boolean; close?: boolean },
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers: Record<string, string | number> = { ...answer.headers };
  headers["content-length"] = Buffer.byteLength(answer.body);
  headers["x-content-type-options"] = "nosniff";
  headers["x-request-id"] = options.requestId;
  if (options.close) headers.connection = "close";
  response.writeHead(answer.status, headers);
  response.end(options.head ? undefined : answer.body);
}

/** A failure as problem+json. What is not an expected error is logged, and nothing of it told. */
export function problemAnswer(error: unknown, requestId: string): MachineResponse {
  if (!(error instanceof GatehouseError) || error.code === "internal")
    log.error({ err: error, requestId }, "A request could not be answered");
  else if (error.code === "unavailable") logOutage(error, requestId);
  const { status, headers, body } = toProblem(error, requestId);
  return { status, headers, body: JSON.stringify(body) };
}

/** While something is away every answer fails alike: to tell each would cost more than to answer it. */
const OUTAGE_EVERY_MS = 1000;
let outage = { untilMs: 0, alike: 0 };

function logOutage(error: GatehouseError, requestId: string): void {
  const nowMs = performance.now();
  if (nowMs < outage.untilMs) return void outage.alike++;
  log.error({ err: error, requestId, alikeBefore: outage.alike }, "A request could not be answered just now");
  outage = { untilMs: nowMs + OUTAGE_EVERY_MS, alike: 0 };
}
