// First: it gives Next the AsyncLocalStorage that its modules look for when they load.
import "next/dist/server/node-environment-baseline";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { NextRequest } from "next/server";
import {
  AppRouteRouteModule,
  type AppRouteRouteHandlerContext,
  type AppRouteUserlandModule,
} from "next/dist/server/route-modules/app-route/module";
import type { RouteKind } from "next/dist/server/route-kind";

/** A route of the app as its file exports it, and the parameters of its address. */
export type ServedRoute = { route: object; params: Record<string, string | string[]> };

/** A free port of loopback: for those who must know the address before anything listens on it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((closed) => server.close(() => closed()));
  return port;
}

/**
 * Serves route files over real HTTP, run by Next's own route module: `cookies()`, `headers()` and redirects work as in
 * the product, without a build. `find` names the route of a path; null answers 404.
 */
export async function serveRoutes(
  port: number,
  find: (pathname: string) => ServedRoute | null,
): Promise<{ close: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, find)
      .then(async (response) => {
        outgoing.statusCode = response.status;
        for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
        const cookies = response.headers.getSetCookie();
        if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
        outgoing.end(Buffer.from(await response.arrayBuffer()));
      })
      .catch((error: unknown) => {
        outgoing.statusCode = 500;
        outgoing.end(String(error instanceof Error ? error.stack : error));
      });
  });
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  return {
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function answer(incoming: IncomingMessage, find: (pathname: string) => ServedRoute | null): Promise<Response> {
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host ?? "localhost"}`);
  const found = find(url.pathname);
  if (!found) return new Response("no such route", { status: 404 });
  const bodyless = incoming.method === "GET" || incoming.method === "HEAD";
  const request = new NextRequest(url, {
    method: incoming.method,
    headers: new Headers(Object.entries(incoming.headersDistinct).flatMap(pairs)),
    body: bodyless ? undefined : (Readable.toWeb(incoming) as ReadableStream),
    duplex: "half",
  });
  const module = new AppRouteRouteModule({
    userland: () => found.route as AppRouteUserlandModule,
    definition: {
      kind: "APP_ROUTE" as RouteKind.APP_ROUTE,
      page: "/route",
      pathname: url.pathname,
      filename: "route",
      bundlePath: "",
    },
    distDir: "",
    relativeProjectDir: "",
    resolvedPagePath: "route",
    nextConfigOutput: undefined,
  });
  await module.ensureUserland();
  return module.handle(request, contextOf(found.params));
}

const pairs = ([name, values = []]: [string, string[] | undefined]): [string, string][] =>
  values.map((value) => [name, value]);

/** What Next's server tells its route modules of each request; only these fields are read for a dynamic route. */
function contextOf(params: ServedRoute["params"]): AppRouteRouteHandlerContext {
  const renderOpts = { experimental: {}, cacheComponents: false, waitUntil: undefined, onClose: () => undefined };
  return {
    params,
    renderOpts: { ...renderOpts, onAfterTaskError: () => undefined },
    previewProps: { previewModeId: "", previewModeSigningKey: "", previewModeEncryptionKey: "" },
    sharedContext: { buildId: "test", deploymentId: "" },
  } as unknown as AppRouteRouteHandlerContext;
}
