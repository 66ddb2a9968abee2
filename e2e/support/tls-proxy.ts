import { request as ask } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { selfSignedCertificate } from "./certificate";

/** A reverse proxy that ends TLS at `https://localhost:port`, with a certificate of its own that has this pin. */
export type TlsProxy = { url: string; pin: string; close: () => Promise<void> };

/**
 * Starts a reverse proxy as docs/operations.md asks for one: it keeps `Host` and appends the client's address to
 * `X-Forwarded-For`, as nginx does. Every client has the address `clientIp`, so that it can be told from the proxy's own.
 */
export async function startTlsProxy(options: { toPort: number; clientIp: string }): Promise<TlsProxy> {
  const { pin, ...certificate } = selfSignedCertificate("localhost");
  const server = createServer(certificate, (request, response) => {
    const said = request.headers["x-forwarded-for"];
    const headers = {
      ...request.headers,
      "x-forwarded-for": said === undefined ? options.clientIp : `${said.toString()}, ${options.clientIp}`,
      "x-forwarded-proto": "https",
    };
    const target = { host: "127.0.0.1", port: options.toPort, method: request.method, path: request.url, headers };
    const upstream = ask(target, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.once("error", () => response.destroy());
    response.once("close", () => upstream.destroy());
    request.pipe(upstream);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    pin,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
