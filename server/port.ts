import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "./start-error";

/** How long a port may be held by the children of a launcher that was just killed, ms. */
const LINGER_MS = 4_000;

/** Why an address cannot be listened on, in one sentence. */
export function portSentence(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken: stop the program that listens there, or set PORT to another one.`;
    case "EACCES":
      return `Port ${port} on ${host} may not be used by this user: set PORT to one above 1023.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST is not usable: this machine has no address ${host}.`;
    default:
      return `Gatehouse cannot listen on ${host}:${port} (${error.code ?? error.message}).`;
  }
}

function tryPort(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((done) => {
    const probe = createServer()
      .once("error", (error: NodeJS.ErrnoException) => done(error))
      .listen(port, host, () => probe.close(() => done(null)));
  });
}

/** Throws `StartError` where the address cannot be listened on, before anything else is started. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const deadline = Date.now() + LINGER_MS;
  for (;;) {
    const error = await tryPort(host, port);
    if (!error) return;
    if (error.code !== "EADDRINUSE" || Date.now() > deadline) throw new StartError(portSentence(error, host, port));
    await sleep(150);
  }
}
