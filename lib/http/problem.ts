import { GatehouseError, type FieldError } from "@/lib/errors";
import { HTTP_ERRORS } from "./status";

/** RFC 9457 `application/problem+json`, as every API of Gatehouse answers. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId: string;
  errors: readonly FieldError[];
};

export const PROBLEM_CONTENT_TYPE = "application/problem+json; charset=utf-8";

/** The answer to a failure. An unknown error is `internal`: nothing of it is told. */
export function toProblem(
  error: unknown,
  requestId: string,
): { status: number; headers: Record<string, string>; body: Problem } {
  const known = error instanceof GatehouseError ? error : new GatehouseError("internal");
  const { status, title } = HTTP_ERRORS[known.code];
  const headers: Record<string, string> = { "content-type": PROBLEM_CONTENT_TYPE, "cache-control": "no-store" };
  if (known.retryAfterSeconds !== undefined)
    headers["retry-after"] = String(Math.max(1, Math.ceil(known.retryAfterSeconds)));
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="gatehouse"';
  return {
    status,
    headers,
    body: {
      type: `urn:gatehouse:problem:${known.code}`,
      title,
      status,
      code: known.code,
      detail: known.detail ?? title,
      requestId,
      errors: known.fields,
    },
  };
}
