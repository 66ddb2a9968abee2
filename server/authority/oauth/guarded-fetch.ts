import { db } from "@/lib/db";
import type { OutgoingBounds } from "@/lib/outgoing/client";
import { fetchOnce } from "@/lib/outgoing/fetch-once";

const BOUNDS: OutgoingBounds = { totalMs: 5_000, requestMs: 3_000, maxBytes: 64 * 1024 };

/** True where an admin entered the address; every other one a stranger named. */
const ofAnAdmin = async (url: string): Promise<boolean> =>
  (await db().oauthClient.count({ where: { jwksUri: url, agent: { origin: "registered" } } })) > 0;

/**
 * `fetch` for what the engine reads elsewhere: bounded, without redirects, and never from an address inside our own network,
 * unless an admin entered it.
 */
export async function guardedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const target = url instanceof Request ? url.url : String(url);
  const reach = (await ofAnAdmin(target)) ? "own" : "public";
  return fetchOnce(
    target,
    { init, bounds: BOUNDS, network: { reach } },
    async (answer) => new Response(await answer.arrayBuffer(), { status: answer.status, headers: answer.headers }),
  );
}
