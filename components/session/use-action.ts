"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Action, ActionError, ActionResult } from "@/lib/http/action-result";
import { toast } from "@/components/ui/toast";
import { requestReauthentication } from "./reauthentication";

export type UseActionOptions<O> = {
  onSuccess?: (data: O) => void;
  /** Said in a toast where the action succeeds. */
  success?: string | ((data: O) => string);
  /** True where what succeeded is still to take effect somewhere: it is told as a warning. */
  unfinished?: (data: O) => boolean;
  /** False where the page shows `error` itself; true (default) tells errors that belong to no shown field in a toast. */
  toastErrors?: boolean;
};

/** What a page gets from `useAction`. */
export type ActionState<I, O> = {
  /** Runs the action; asks for the password and tries again where it must. Answers what the action answered. */
  run: (input: I) => Promise<ActionResult<O>>;
  pending: boolean;
  /** The last failure; null before, during and after a success. */
  error: ActionError | null;
  /** The last failure's messages by dotted path: `fieldErrors.name`, `fieldErrors["tools.0.name"]`. */
  fieldErrors: Readonly<Record<string, string>>;
  /** Forgets the last failure. */
  reset: () => void;
};

const UNREACHABLE: Omit<ActionError, "requestId"> = {
  code: "unavailable",
  title: "Gatehouse did not answer",
  detail: "Check your connection, then try again.",
  fields: [],
};

/** Calls the action; a request that never arrived is a value too. */
async function call<I, O>(action: Action<I, O>, input: I): Promise<ActionResult<O>> {
  try {
    return await action(input);
  } catch {
    return { ok: false, error: { ...UNREACHABLE, requestId: "" } };
  }
}

/** Calls the action, and once more after the person has proved who they are where it asks for that. */
async function callConfirmed<I, O>(action: Action<I, O>, input: I): Promise<ActionResult<O>> {
  const result = await call(action, input);
  if (result.ok || result.error.code !== "reauthentication_required") return result;
  return (await requestReauthentication()) ? call(action, input) : result;
}

/**
 * A server action with its pending state, field errors, re-authentication and toasts.
 * `const { run, pending, fieldErrors } = useAction(createAgentAction, { success: "Agent created" })`
 */
export function useAction<I, O>(action: Action<I, O>, options: UseActionOptions<O> = {}): ActionState<I, O> {
  const [running, setRunning] = useState(0);
  const [error, setError] = useState<ActionError | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const run = useCallback(
    async (input: I): Promise<ActionResult<O>> => {
      setRunning((count) => count + 1);
      setError(null);
      const result = await callConfirmed(action, input);
      setRunning((count) => count - 1);
      const { onSuccess, success, unfinished, toastErrors = true } = latest.current;
      if (result.ok) {
        const tell = unfinished?.(result.data) ? toast.warning : toast.success;
        if (success) tell(typeof success === "string" ? success : success(result.data));
        onSuccess?.(result.data);
      } else {
        setError(result.error);
        if (toastErrors && result.error.fields.length === 0) toast.error(result.error);
      }
      return result;
    },
    [action],
  );
  const reset = useCallback(() => setError(null), []);
  const fieldErrors = Object.fromEntries((error?.fields ?? []).map((field) => [field.path, field.message]));
  return { run, pending: running > 0, error, fieldErrors, reset };
}
