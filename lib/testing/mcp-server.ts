import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { ListToolsRequestSchema, type Tool } from "@modelcontextprotocol/sdk/types.js";

/** What a test may change about a server while it runs. */
export type McpServerState = {
  tools: Tool[];
  /** Tools on one page of `tools/list`. */
  pageSize?: number;
  /** Answers each page with a further cursor, for ever. */
  endless?: boolean;
  /** Answers with plain JSON instead of an event stream. */
  json?: boolean;
  /** Offers no tools at all. */
  withoutTools?: boolean;
  /** Keeps sessions, as a stateful server does. */
  sessions?: boolean;
  /** Never answers the end of a session. */
  slowToForget?: boolean;
  /** Awaited before each page. */
  beforePage?: () => Promise<void>;
};

/** A listening server of a test. */
export type Listening = { url: string; port: number; requests: { method: string; headers: IncomingHttpHeaders }[] };

const closers: (() => void)[] = [];

/** Ends every server that was started since. Call it in `afterEach`. */
export function stopServers(): void {
  for (const close of closers.splice(0)) close();
}

/** Listens on a free loopback port. */
export async function listen(listener: RequestListener): Promise<Listening> {
  const requests: Listening["requests"] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? "", headers: request.headers });
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, port, requests };
}

/** A tool as `tools/list` tells it. */
export function remoteTool(name: string, more: Partial<Tool> = {}): Tool {
  return { name, inputSchema: { type: "object" }, ...more };
}

function makeServer(state: McpServerState): Server {
  const capabilities = state.withoutTools ? {} : { tools: {} };
  const server = new Server({ name: "fixture", version: "1.2.3" }, { capabilities });
  if (state.withoutTools) return server;
  server.setRequestHandler(ListToolsRequestSchema, async ({ params }) => {
    await state.beforePage?.();
    const from = Number(params?.cursor ?? 0);
    const to = from + (state.pageSize ?? Math.max(1, state.tools.length));
    const more = state.endless === true || to < state.tools.length;
    return { tools: state.tools.slice(from, to), nextCursor: more ? String(to) : undefined };
  });
  return server;
}

/** Starts a real MCP server (official SDK, Streamable HTTP) whose tools are those of `state` at any moment. */
export function startMcpServer(state: McpServerState): Promise<Listening> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return listen((request, response) => {
    if (request.method === "DELETE" && state.slowToForget) return;
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    if (known) return void known.handleRequest(request, response);
    const server = makeServer(state);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: state.sessions ? () => randomUUID() : undefined,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      enableJsonResponse: state.json ?? false,
    });
    if (!state.sessions) response.on("close", () => void transport.close().then(() => server.close()));
    void server.connect(transport).then(() => transport.handleRequest(request, response));
  });
}
