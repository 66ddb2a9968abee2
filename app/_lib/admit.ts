import "server-only";
import type { Ctx } from "@/lib/ctx";
import { defineRead, type Verb } from "@/lib/verb";
import { load } from "./load";

/**
 * True where the reader may use the verb at all, for the page with its form. Opening the form without the permission is a
 * refused try of the act itself, and is recorded as one.
 */
export async function admit<I, O>(ctx: Ctx, verb: Verb<I, O>): Promise<boolean> {
  const { action, permission } = verb.definition;
  const attempt = defineRead({ action, permission }, () => Promise.resolve(true));
  return (await load(attempt(ctx, undefined))) ?? false;
}
