import type { Server } from "node:http";

/** How long answers that are under way may take once stopping was ordered, ms. */
const DRAIN_MS = 5_000;
/** How often connections that became idle meanwhile are closed, ms. */
const SWEEP_MS = 25;

/**
 * Stops listening, lets what is under way finish (at most `DRAIN_MS`), then closes what is left. A client that keeps its
 * connection busy is told with each answer that it was the last one there: otherwise the wait would never end, and the
 * end would cut an answer.
 */
export async function drain(server: Server): Promise<void> {
  server.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((done) => server.close(() => done()));
  clearInterval(sweep);
  clearTimeout(late);
}
