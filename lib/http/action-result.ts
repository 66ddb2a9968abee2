import type { ErrorCode, FieldError } from "@/lib/errors";

/** Client-safe: what a server action answers. */

/** A failure as a page may show it. `detail` is a sentence for people; `requestId` names the request in the log. */
export type ActionError = {
  code: ErrorCode;
  title: string;
  detail: string;
  fields: readonly FieldError[];
  requestId: string;
  /** Seconds after which trying again makes sense, where known. */
  retryAfterSeconds?: number;
};

/** The answer of every action that `defineAction` makes: it never throws. */
export type ActionResult<T> = { ok: true; data: T } | { ok: false; error: ActionError };

/** A server action as a client component calls it. */
export type Action<I, O> = (input: I) => Promise<ActionResult<O>>;
