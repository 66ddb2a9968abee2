import "server-only";
import { unstable_rethrow } from "next/navigation";
import { z } from "zod";
import type { AuditAction } from "@/lib/audit/catalogue";
import type { Ctx } from "@/lib/ctx";
import { mapDbError } from "@/lib/db-errors";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import type { ActionError, ActionResult } from "@/lib/http/action-result";
import { faultsOf } from "@/lib/http/parse";
import { toProblem } from "@/lib/http/problem";
import { log } from "@/lib/log";
import { recordAlone } from "@/lib/verb";

/**
 * The part of every server action that does not depend on Next: the exact Origin, the parsing, the mapping of errors.
 * A server action can be POSTed to by anybody, so each one does all of this by itself.
 */
export async function runAction<S extends z.ZodType, O>(
  ctx: Ctx,
  origin: string | null,
  action: AuditAction,
  parts: { schema: S; act: (ctx: Ctx, input: z.output<S>) => Promise<O> },
  input: unknown,
): Promise<ActionResult<O>> {
  try {
    await requireOwnOrigin(ctx, origin, action);
    const parsed = parts.schema.safeParse(input);
    if (!parsed.success) throw validationError(parsed.error);
    return { ok: true, data: await parts.act(ctx, parsed.data) };
  } catch (error) {
    unstable_rethrow(error); // redirects and the like are Next's own signals, not failures
    return { ok: false, error: toActionError(error, ctx.requestId) };
  }
}

/**
 * Refuses, and records, a request without an Origin or with any but our own. Next's own check lets a request without
 * one through, and believes forwarded host names.
 */
async function requireOwnOrigin(ctx: Ctx, origin: string | null, action: AuditAction): Promise<void> {
  if (origin === env().GATEHOUSE_URL) return;
  const given = origin === null ? "none" : origin.slice(0, 200);
  await recordAlone(ctx, [{ action, outcome: "denied", reason: "bad_origin", details: { origin: given } }]);
  throw new GatehouseError("bad_origin");
}

/** Zod's issues as `validation_failed` with its fields. */
export function validationError(error: z.ZodError): GatehouseError {
  return new GatehouseError("validation_failed", { fields: faultsOf(error) });
}

/** What a page may know of a failure. An unknown one is logged, and told as `internal`. */
export function toActionError(error: unknown, requestId: string): ActionError {
  const known = mapDbError(error) ?? new GatehouseError("internal", { cause: error });
  if (known.code === "internal") log.error({ err: error, requestId }, "An action failed");
  if (known.code === "unavailable") log.warn({ err: error, requestId }, "An action could not be served");
  const { body } = toProblem(known, requestId);
  return {
    code: known.code,
    title: body.title,
    detail: body.detail,
    fields: body.errors,
    requestId,
    retryAfterSeconds: known.retryAfterSeconds,
  };
}
