import { OutgoingClient, type OutgoingBounds } from "@/lib/outgoing/client";

const BOUNDS: OutgoingBounds = { totalMs: 5_000, requestMs: 3_000, maxBytes: 64 * 1024 };

/** `fetch` for what the engine reads elsewhere: bounded, without redirects, and never from an address inside our own network. */
export async function guardedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const client = new OutgoingClient(BOUNDS);
  try {
    const answer = await client.fetch(url instanceof Request ? url.url : url, init);
    // Read whole while the client is open.
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers: answer.headers });
  } finally {
    await client.close();
  }
}
