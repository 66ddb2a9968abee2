import "server-only";
import { headers } from "next/headers";
import type { z } from "zod";
import type { AuditAction } from "@/lib/audit/catalogue";
import type { Ctx } from "@/lib/ctx";
import type { Action } from "@/lib/http/action-result";
import { newId } from "@/lib/id";
import { currentCtx } from "./ctx";
import { runAction, toActionError } from "./run-action";

/** What an action runs: a verb, or a function over verbs that names the action its refusals are recorded under. */
type Runnable<I, O> = ((ctx: Ctx, input: I) => Promise<O>) & { readonly definition: { readonly action: AuditAction } };

/**
 * Makes a server action of a verb: exact Origin (else refused and recorded) → session → zod → verb → a value. It never
 * throws; field errors, refusals and failures come back as `{ ok: false, error }`. The only export of a `"use server"`
 * file.
 */
export function defineAction<S extends z.ZodType, O>(schema: S, verb: Runnable<z.output<S>, O>): Action<z.input<S>, O> {
  return async (input) => {
    let ctx: Ctx;
    let origin: string | null;
    try {
      ctx = await currentCtx();
      origin = (await headers()).get("origin");
    } catch (error) {
      return { ok: false, error: toActionError(error, newId("request")) };
    }
    return runAction(ctx, origin, verb.definition.action, { schema, act: verb }, input);
  };
}

/** Wraps a function over verbs (one that also sets a cookie, say) so that `defineAction` takes it. */
export function actionOf<I, O>(action: AuditAction, act: (ctx: Ctx, input: I) => Promise<O>): Runnable<I, O> {
  return Object.assign((ctx: Ctx, input: I) => act(ctx, input), { definition: { action } });
}
