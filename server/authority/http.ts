import type { IncomingHttpHeaders } from "node:http";
import type { Source } from "@/lib/ctx";
import type { Origin } from "./client-ip";

/** A request of a machine, its body read whole (and bounded) by the listener. */
export type MachineRequest = {
  method: string;
  /** Path without the query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  requestId: string;
  source: Source;
};

/** Where a request came from, and what its program calls itself. */
export function sourceOf({ ip, proxies }: Origin, headers: IncomingHttpHeaders): Source {
  const userAgent = headers["user-agent"]?.slice(0, 400) ?? null;
  return proxies ? { ip, userAgent, proxies } : { ip, userAgent };
}

/** What goes back. `headers` in lower case. */
export type MachineResponse = { status: number; headers: Record<string, string>; body: string };

/** One machine endpoint. A throw is mapped by `toProblem`. */
export type MachineRoute = {
  method: "GET" | "POST" | "OPTIONS";
  path: string;
  /** Longer bodies are 413. */
  maxBodyBytes: number;
  handle: (request: MachineRequest) => Promise<MachineResponse>;
};
