import type { MachineResponse } from "./http";

/**
 * For endpoints whose credentials are in the request itself, never in a cookie: any page may ask, as any program may.
 * @param methods as `access-control-allow-methods` lists them
 */
export const openCors = (methods: string): Record<string, string> => ({
  "access-control-allow-origin": "*",
  "access-control-allow-methods": methods,
  "access-control-allow-headers": "authorization, content-type, mcp-protocol-version, mcp-method, mcp-name",
  "access-control-expose-headers": "www-authenticate, x-request-id",
  "access-control-max-age": "3600",
});

/** The answer with those headers. */
export function withCors(answer: MachineResponse, methods: string): MachineResponse {
  return { ...answer, headers: { ...answer.headers, ...openCors(methods) } };
}
