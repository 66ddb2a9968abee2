import type { IncomingMessage, RequestListener } from "node:http";
import { isInternal } from "@/lib/http/internal";

/**
 * Lets only what came through the authority reach the console, that is, what carries the launcher's secret: the host,
 * the client's address and the size of the body have been looked at then. Everybody else gets an empty 403, whatever
 * they ask for.
 */
export function onlyFromAuthority(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (carriesSecret(request)) return listener(request, response);
    response.writeHead(403, { connection: "close" }).end();
  };
}

function carriesSecret(request: IncomingMessage): boolean {
  return isInternal({ get: (name) => [request.headers[name]].flat()[0] ?? null });
}
