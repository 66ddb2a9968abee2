import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Product } from "./product";

/** The admin API, called with a token: what it answers, whatever the status. */
export type ApiAnswer<T> = { status: number; body: T };
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** How often a 503 is asked again: on a busy machine the call's own entry may miss its deadline, and then nothing is done. */
const ATTEMPTS = 5;

/** One call of the admin API; where Gatehouse cannot answer just now, again when it says. */
export async function callApi<T>(
  url: string,
  token: string,
  method: Method,
  path: string,
  body?: unknown,
  idempotencyKey = randomUUID(),
  attempts = ATTEMPTS,
): Promise<ApiAnswer<T>> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "POST" ? { "idempotency-key": idempotencyKey } : {}),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status === 503 && attempts > 1) {
    await sleep(1000 * Number(response.headers.get("retry-after") ?? 1));
    return callApi(url, token, method, path, body, idempotencyKey, attempts - 1);
  }
  return { status: response.status, body: (text === "" ? null : JSON.parse(text)) as T };
}

/** An admin API whose token may do everything; it throws where a call does not succeed. */
export type AdminApi = {
  token: string;
  get: <T>(path: string) => Promise<T>;
  post: <T>(path: string, body?: unknown) => Promise<T>;
  patch: <T>(path: string, body: unknown) => Promise<T>;
  remove: (path: string) => Promise<void>;
};

/** Mints an admin token by the command line, as whoever bootstraps an installation does. */
export async function openAdminApi(product: Product): Promise<AdminApi> {
  const { token } = await product.cli<{ token: string }>(
    ...["token", "mint", "--admin", "--scopes", "*", "--expires-in", "3600", "--name", "End-to-end tests"],
  );
  const call = async <T>(method: Method, path: string, body?: unknown): Promise<T> => {
    const answer = await callApi<T>(product.url, token, method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    token,
    get: (path) => call("GET", path),
    post: (path, body = {}) => call("POST", path, body),
    patch: (path, body) => call("PATCH", path, body),
    remove: (path) => call("DELETE", path),
  };
}
