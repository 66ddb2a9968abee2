import "server-only";
import { OutgoingClient, type Network, type OutgoingBounds } from "./client";

/**
 * Fetches one address as `OutgoingClient` does, and reads the answer with `read` while that is open. Where the call comes to nothing,
 * whatever `read` makes of it, it rejects with `OutgoingFailure`.
 */
export async function fetchOnce<T>(
  url: string,
  { init, bounds, network }: { init?: RequestInit; bounds: OutgoingBounds; network?: Network },
  read: (answer: Response) => Promise<T>,
): Promise<T> {
  const client = new OutgoingClient(bounds, network);
  try {
    return await read(await client.fetch(url, init));
  } catch (error) {
    throw client.failure ?? error;
  } finally {
    await client.close();
  }
}

/** What asks for JSON. */
export const ASKS_JSON: RequestInit = { headers: { accept: "application/json" } };
