import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import next from "next";
import { closeDb } from "@/lib/db";
import { log } from "@/lib/log";
import { followLauncher, tellLauncher } from "../channel";
import { drain } from "../drain";
import { onlyFromAuthority } from "./from-authority";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The console: Next on loopback, for the authority alone. Who lacks the launcher's secret gets nothing. */
async function main(): Promise<void> {
  let handler: Handler | undefined;
  const server = createServer(
    onlyFromAuthority((request, response) => {
      if (!handler) return void response.writeHead(503, { connection: "close" }).end();
      handler(request, response).catch((error: unknown) => {
        log.error({ err: error }, "The console failed to answer");
        response.destroy();
      });
    }),
  );
  // Longer than the authority keeps an idle connection, so that it never sends on one that is being closed here.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 0; // the authority has bounded it already
  followLauncher({
    stop: async () => {
      await drain(server);
      await closeDb();
    },
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const app = next({ dev: false, dir: process.cwd(), hostname: "127.0.0.1", port });
  await app.prepare();
  handler = app.getRequestHandler();
  tellLauncher({ kind: "listening", port });
}

main().catch((error: unknown) => {
  log.error({ err: error }, "The console did not start");
  process.exit(1);
});
