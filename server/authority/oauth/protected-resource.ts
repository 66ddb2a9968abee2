import { GatehouseError } from "@/lib/errors";
import { jsonAnswer } from "@/lib/http/machine";
import { takeTurns } from "@/lib/limit/turns";
import { readProtectedResource, RESOURCES_PATH } from "@/lib/oauth/protected-resource";
import { openCors } from "../cors";
import type { MachineResponse } from "../http";

const METHODS = "GET, HEAD";
/** Anybody may ask: few look-ups at once, since tool calls need the same connections. */
const strangersTurn = takeTurns({ atOnce: 2, waiting: 100 });

/** `GET /oauth/resources/{slug}`: protected resource metadata (RFC 9728) of a registered server, for whoever asks, from any page. */
export async function protectedResource(method: string, path: string): Promise<MachineResponse> {
  if (method === "OPTIONS") return { status: 204, headers: openCors(METHODS), body: "" };
  if (method !== "GET" && method !== "HEAD") throw new GatehouseError("method_not_allowed");
  const slug = path.slice(RESOURCES_PATH.length);
  const known = /^[a-z0-9-]{1,100}$/.test(slug) ? await strangersTurn(() => readProtectedResource(slug)) : null;
  if (!known) throw new GatehouseError("server_not_found");
  const answer = jsonAnswer(200, known);
  return { ...answer, headers: { ...answer.headers, ...openCors(METHODS), "cache-control": "public, max-age=300" } };
}
