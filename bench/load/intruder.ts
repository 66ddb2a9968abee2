import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What an intruder does with its connections: dribble a header that never ends, or nothing at all. */
export type Intrusion = { port: number; kind: "slow" | "idle"; connections: number };

/** Connections that are opened at once: more would overflow the queue of those that wait to be accepted. */
const AT_ONCE = 100;
const DRIBBLE_MS = 1_000;
const REOPEN_MS = 100;
const OPENING = "POST /api/v1/validate HTTP/1.1\r\nhost: localhost\r\nx-slow: ";

const open = new Set<Socket>();

function occupy(intrusion: Intrusion): void {
  const socket = connect({ host: "127.0.0.1", port: intrusion.port });
  socket.once("connect", () => {
    open.add(socket);
    if (intrusion.kind === "slow") socket.write(OPENING);
  });
  socket.resume();
  socket.on("error", () => undefined); // the server may throw us out: we come back
  socket.once("close", () => {
    open.delete(socket);
    setTimeout(() => occupy(intrusion), REOPEN_MS);
  });
}

async function intrude(intrusion: Intrusion): Promise<void> {
  for (let begun = 0; begun < intrusion.connections; begun += AT_ONCE) {
    for (let nth = begun; nth < Math.min(begun + AT_ONCE, intrusion.connections); nth++) occupy(intrusion);
    await sleep(25);
  }
  if (intrusion.kind === "slow")
    setInterval(() => {
      for (const socket of open) socket.write("a");
    }, DRIBBLE_MS);
}

// A process of its own: ten thousand sockets need descriptors that the load generator shall not lack.
process.on("message", (message: Intrusion | "count") => {
  if (message === "count") process.send?.(open.size);
  else void intrude(message);
});
process.on("disconnect", () => process.exit(0));
