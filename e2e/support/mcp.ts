import { freePort, runProgram, startProgram, type Running } from "./process";

/** The real MCP server of `fixtures/`, as a process of its own. */
export type TicketsServer = Running & { url: string };

/** Starts the tickets server, guarded by a Gatehouse. With `extraTool` it lists one tool more, and another description. */
export async function startTickets(
  guard: { url: string; serverKey: string },
  options: { port?: number; extraTool?: boolean } = {},
): Promise<TicketsServer> {
  const port = options.port ?? (await freePort());
  const env = {
    PORT: String(port),
    GATEHOUSE_URL: guard.url,
    GATEHOUSE_SERVER_KEY: guard.serverKey,
    ...(options.extraTool ? { TICKETS_EXTRA_TOOL: "1" } : {}),
  };
  const running = await startProgram(["dist/e2e/tickets-server.mjs"], env, /"url":"[^"]+"/);
  return { ...running, url: `http://127.0.0.1:${port}/mcp` };
}

/** Starts the tickets server that sends clients to a Gatehouse to sign in, made with that version of the official SDK. */
export async function startOAuthTickets(
  guard: { url: string; serverKey: string },
  port: number,
  sdk: 1 | 2 = 1,
): Promise<TicketsServer> {
  const env = { PORT: String(port), GATEHOUSE_URL: guard.url, GATEHOUSE_SERVER_KEY: guard.serverKey };
  const running = await startProgram([`dist/e2e/oauth-server${sdk === 2 ? "-v2" : ""}.mjs`], env, /"url":"[^"]+"/);
  return { ...running, url: `http://127.0.0.1:${port}/mcp` };
}

/** What the real MCP client got: the server's tools, and the result of one call. `output` is all that it wrote. */
export type ClientRun = { tools: string[]; isError: boolean; text: string; output: string };

/** Runs the real MCP client of `fixtures/` once, as a process of its own. Throws where it ends with an error. */
export async function callTool(url: string, token: string, tool: string, args: object = {}): Promise<ClientRun> {
  const run = await runProgram(["dist/e2e/mcp-client.mjs", url, tool, JSON.stringify(args)], {
    MCP_TOKEN: token,
  });
  if (run.code !== 0) throw new Error(`The MCP client ended with ${run.code}: ${run.stderr}`);
  const { tools, isError, content } = JSON.parse(run.stdout) as Omit<ClientRun, "text"> & {
    content: { text: string }[];
  };
  return { tools, isError, text: content.map((part) => part.text).join(""), output: run.stdout + run.stderr };
}
