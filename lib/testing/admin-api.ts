import { randomUUID } from "node:crypto";
import { z } from "zod";
import { db } from "@/lib/db";
import type { Handler } from "@/lib/http/route";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";

const BUILTIN = { serverId: "srv_gatehouse", roleId: "rol_gatehouse_admin", agentId: "agt_command_line" };

type TokenOptions = {
  /** Narrows the token; everything where absent. */
  scopes?: readonly string[];
  /** A person who holds it (and gets the role); the command line's agent where absent. */
  personId?: string;
  expiresAt?: Date;
  revoked?: boolean;
  allowedCidrs?: string[];
  rateLimit?: { limit: number; windowSeconds: number };
};

/** A token of the admin API, made directly. */
export async function makeAdminToken(options: TokenOptions = {}): Promise<{ id: string; token: string }> {
  const { scopes, personId, rateLimit } = options;
  const { serverId, roleId, agentId } = BUILTIN;
  const token = makeCredential("adm");
  const id = newId("token");
  if (personId) await db().personRole.create({ data: { personId, roleId, assignedBy: "test" } });
  await db().token.create({
    data: {
      ...{ id, name: `Admin ${id.slice(-6)}`, kind: "adm", ...hashCredential(token), lastFour: lastFour(token) },
      ...(personId ? { personId } : { agentId }),
      roleId,
      narrowed: scopes !== undefined,
      expiresAt: options.expiresAt ?? new Date(Date.now() + 3_600_000),
      ...(options.expiresAt ? { createdAt: new Date(options.expiresAt.getTime() - 3_600_000) } : {}),
      allowedCidrs: options.allowedCidrs ?? [],
      rateLimit: rateLimit?.limit,
      rateWindowSeconds: rateLimit?.windowSeconds,
      ...(options.revoked ? { revokedAt: new Date(), revokedBy: "test" } : {}),
      familyId: id,
      createdBy: "test",
      servers: { create: { serverId } },
    },
  });
  for (const name of scopes ?? []) {
    const scope = await db().scope.findFirstOrThrow({ where: { serverId, name } });
    await db().tokenScope.create({ data: { tokenId: id, scopeId: scope.id, serverId } });
  }
  return { id, token };
}

type CallOptions = {
  token?: string | null;
  /** JSON, or text or bytes as they are. */
  body?: unknown;
  query?: string;
  headers?: Record<string, string>;
  params?: Record<string, string>;
};

/** What came back, its body read. */
export type Answered = { status: number; headers: Headers; json: Record<string, unknown>; text: string };

/** Calls a route handler as Next would. */
export async function call(
  handlers: Partial<Record<"GET" | "POST" | "PATCH" | "DELETE" | "PUT", Handler>>,
  method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT",
  options: CallOptions = {},
): Promise<Answered> {
  const { body, params = {}, query = "" } = options;
  const raw = typeof body === "string" || body instanceof Uint8Array;
  const headers = new Headers(options.headers);
  if (options.token) headers.set("authorization", `Bearer ${options.token}`);
  if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  const request = new Request(`http://gatehouse.test/api/v1/under-test${query}`, {
    method,
    headers,
    body: body === undefined ? undefined : raw ? (body as BodyInit) : JSON.stringify(body),
  });
  const handler = handlers[method];
  if (!handler) throw new Error(`no handler for ${method}`);
  const response = await handler(request, { params: Promise.resolve(params) });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  const json = isJson ? z.record(z.string(), z.unknown()).parse(JSON.parse(text)) : {};
  return { status: response.status, headers: response.headers, json, text };
}

/** A new idempotency key. */
export const newKey = (): { "idempotency-key": string } => ({ "idempotency-key": randomUUID() });
