import type { Server } from "node:http";

/** How long answers that are under way may take once stopping was ordered, ms. */
const DRAIN_MS = 5_000;

/** Stops listening, lets what is under way finish (at most `DRAIN_MS`), then closes what is left. */
export async function drain(server: Server): Promise<void> {
  await new Promise<void>((done) => {
    const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(late);
      done();
    });
    server.closeIdleConnections();
  });
}
