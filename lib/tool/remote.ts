import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ErrorCode, ListToolsResultSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import { GatehouseError } from "@/lib/errors";
import { OutgoingClient, type OutgoingBounds } from "@/lib/outgoing/client";
import type { Resolve } from "@/lib/outgoing/lookup";
import { cleanText, readRemoteTool, RemoteToolFault, type RemoteTool } from "./remote-tool";

/** Bounds of one import. */
export const IMPORT_BOUNDS: OutgoingBounds & { maxTools: number; maxPages: number } = {
  totalMs: 30_000,
  requestMs: 10_000,
  maxBytes: 16_000_000,
  maxTools: 2000,
  maxPages: 500,
};

/** What a live server says of itself and its tools. */
export type RemoteTools = { serverInfo: { name: string; version: string } | null; tools: RemoteTool[] };

export type RemoteRequest = {
  /** The Streamable HTTP endpoint. */
  url: URL;
  /** Sent along with every request, and told to nobody else. */
  headers: Readonly<Record<string, string>>;
  bounds?: Partial<typeof IMPORT_BOUNDS>;
  resolve?: Resolve;
};

/** How much later than ours the SDK's own time limit is: ours tells more. */
const GRACE_MS = 250;
/** How long a server may take to forget a session. */
const FORGET_MS = 1000;
const CLIENT = { name: "gatehouse", version: "1" };

/** A failure of ours to say, in a sentence that holds nothing of what the other side sent. */
const failed = (detail: string, internal?: string) => new GatehouseError("import_failed", { detail, internal });

/** What a status other than success means to somebody who imports. */
function statusSentence(status: number): string | null {
  if (status === 401 || status === 403)
    return `The server asks for other credentials (status ${status}). Give them as headers.`;
  if (status >= 400) return `The server answered with status ${status} where an MCP endpoint was expected.`;
  return null;
}

/** What an answer by the protocol's own errors means. Their texts are the other side's, their numbers tell enough. */
function protocolSentence(error: unknown, requestMs: number): string | null {
  if (!(error instanceof McpError)) return null;
  if (Number(error.code) === Number(ErrorCode.RequestTimeout))
    return `The server did not answer within ${requestMs / 1000} seconds.`;
  return Number.isSafeInteger(error.code) ? `The server answered with the MCP error ${error.code}.` : null;
}

/**
 * Any error of a session as `import_failed` or `import_target_refused`. Errors of the SDK may hold the remote body, so
 * neither their text nor they themselves go on.
 */
function importError(error: unknown, calls: OutgoingClient, requestMs: number): GatehouseError {
  if (error instanceof GatehouseError) return error;
  if (error instanceof RemoteToolFault) return failed(error.message);
  const failure = calls.failure;
  if (failure?.reason === "refused_address")
    return new GatehouseError("import_target_refused", {
      detail: failure.message,
      refusal: true,
      internal: failure.message,
    });
  const sentence = failure?.message ?? statusSentence(calls.lastStatus ?? 0) ?? protocolSentence(error, requestMs);
  return failed(
    sentence ?? "The server does not answer as an MCP server over Streamable HTTP.",
    error instanceof Error ? error.name : typeof error,
  );
}

/**
 * Reads the list of tools of a live MCP server, page by page, within bounds of time, size and number.
 * Errors: `import_failed`, `import_target_refused` (a refusal, so it is recorded).
 */
export async function readRemoteTools({ url, headers, bounds: given, resolve }: RemoteRequest): Promise<RemoteTools> {
  const bounds = { ...IMPORT_BOUNDS, ...given };
  const calls = new OutgoingClient(bounds, { resolve });
  const client = new Client(CLIENT, { capabilities: {} });
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers },
    // No stream of notifications is wanted: the SDK asks for one by a GET without an event to resume from.
    fetch: (address, init) =>
      init?.method === "GET" && !new Headers(init.headers).has("last-event-id")
        ? Promise.resolve(new Response(null, { status: 405 }))
        : calls.fetch(address, init),
  });
  const options = { signal: calls.signal, timeout: bounds.requestMs + GRACE_MS };
  try {
    await client.connect(transport, options);
    if (!client.getServerCapabilities()?.tools) throw failed("The server offers no tools.");
    const tools = await readPages(client, options, bounds);
    const info = client.getServerVersion();
    // The server may forget the session now; whether it does is its own business.
    await Promise.race([
      transport.terminateSession().catch(() => undefined),
      sleep(FORGET_MS, undefined, { ref: false }),
    ]);
    return {
      serverInfo: info ? { name: cleanText(info.name, 200), version: cleanText(info.version, 200) } : null,
      tools,
    };
  } catch (error) {
    throw importError(error, calls, bounds.requestMs);
  } finally {
    await client.close().catch(() => undefined);
    await calls.close();
  }
}

async function readPages(
  client: Client,
  options: { signal: AbortSignal; timeout: number },
  bounds: typeof IMPORT_BOUNDS,
): Promise<RemoteTool[]> {
  const tools = new Map<string, RemoteTool>();
  let cursor: string | undefined;
  for (let page = 0; page < bounds.maxPages; page++) {
    // Not `client.listTools`: that compiles every output schema, code which somebody else's text would write.
    const result = await client.request({ method: "tools/list", params: { cursor } }, ListToolsResultSchema, options);
    for (const raw of result.tools) {
      const nth = tools.size + 1;
      if (nth > bounds.maxTools) throw failed(`The server lists more than ${bounds.maxTools} tools.`);
      const tool = readRemoteTool(raw, nth);
      if (tools.has(tool.name)) throw failed(`The server lists a tool twice (tool number ${nth}).`);
      tools.set(tool.name, tool);
    }
    if (result.nextCursor === undefined || result.nextCursor === "") return [...tools.values()];
    cursor = result.nextCursor;
  }
  throw failed(`The server's list of tools has more than ${bounds.maxPages} pages.`);
}
