import { db } from "@/lib/db";
import { OutgoingClient, type OutgoingBounds } from "@/lib/outgoing/client";

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
  const client = new OutgoingClient(BOUNDS, { reach: (await ofAnAdmin(target)) ? "own" : "public" });
  try {
    const answer = await client.fetch(target, init);
    // Read whole while the client is open.
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers: answer.headers });
  } finally {
    await client.close();
  }
}
