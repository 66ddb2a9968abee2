import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections: from 32768 on at Linux, from 49152 on elsewhere. */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 100;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

/** A free port that is still free when the program that listens there was killed and starts again: nobody is given it by chance. */
export async function steadyPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES} ports between ${LOWEST} and ${HIGHEST} is free`);
}
