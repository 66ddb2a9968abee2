import { afterEach, describe, expect, it } from "vitest";
import { GatehouseError } from "@/lib/errors";
import { listen, remoteTool, startMcpServer, stopServers } from "@/lib/testing/mcp-server";
import { readRemoteTools, type RemoteRequest } from "./remote";

afterEach(stopServers);

const SECRET = "the remote body that nobody may see";
const read = (url: string, more: Partial<RemoteRequest> = {}) =>
  readRemoteTools({ url: new URL(url), headers: {}, ...more });

/** What the read fails with. */
async function failure(url: string, more: Partial<RemoteRequest> = {}): Promise<GatehouseError> {
  const error: unknown = await read(url, more).then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatehouseError)) throw error;
  expect(JSON.stringify([error.detail, error.internal, error.message, error.cause])).not.toContain(SECRET);
  return error;
}

describe("readRemoteTools", () => {
  it.each([false, true])("reads every page of a real server's list, in its order (plain JSON: %s)", async (json) => {
    const names = Array.from({ length: 23 }, (_, i) => `tool_${i}`);
    const { url } = await startMcpServer({ tools: names.map((name) => remoteTool(name)), pageSize: 5, json });
    const { tools, serverInfo } = await read(url);
    expect(tools.map(({ name }) => name)).toEqual(names);
    expect(serverInfo).toEqual({ name: "fixture", version: "1.2.3" });
  });

  it("takes title, description, hints and schema, and nothing that a database cannot hold", async () => {
    const { url } = await startMcpServer({
      tools: [
        remoteTool("archive", {
          description: "a\0b\ud800",
          annotations: { title: "Archive", readOnlyHint: true },
          inputSchema: { type: "object", properties: { "k\0": { default: "v\0" } } },
        }),
      ],
    });
    const { tools } = await read(url);
    expect(tools).toEqual([
      {
        name: "archive",
        definition: {
          title: "Archive",
          description: "a\ufffdb\ufffd",
          annotations: { title: "Archive", readOnlyHint: true },
          inputSchema: { type: "object", properties: { "k\ufffd": { default: "v\ufffd" } } },
        },
      },
    ]);
  });

  it("sends the headers with every request, and opens no stream for notifications", async () => {
    const { url, requests } = await startMcpServer({ tools: [remoteTool("a")] });
    await read(url, { headers: { Authorization: "Bearer upstream" } });
    expect(requests.length).toBeGreaterThanOrEqual(3);
    expect(requests.every(({ headers }) => headers.authorization === "Bearer upstream")).toBe(true);
    expect(requests.map(({ method }) => method)).not.toContain("GET");
  });

  it("compiles no output schema: somebody else's text would write that code", async () => {
    const outputSchema = { type: "object" as const, properties: { a: { pattern: "(" } } };
    const { url } = await startMcpServer({ tools: [remoteTool("a", { outputSchema })] });
    await expect(read(url)).resolves.toMatchObject({ tools: [{ name: "a" }] });
  });

  it.each([
    [401, "The server asks for other credentials (status 401). Give them as headers."],
    [403, "The server asks for other credentials (status 403). Give them as headers."],
    [404, "The server answered with status 404 where an MCP endpoint was expected."],
    [500, "The server answered with status 500 where an MCP endpoint was expected."],
  ])("says what status %i means, without the body", async (status, detail) => {
    const { url } = await listen((_request, response) => response.writeHead(status).end(SECRET));
    expect(await failure(url)).toMatchObject({ code: "import_failed", detail });
  });

  it("does not follow a redirect", async () => {
    const target = await startMcpServer({ tools: [] });
    const { url } = await listen((_request, response) => response.writeHead(307, { location: target.url }).end());
    expect(await failure(url)).toMatchObject({ code: "import_failed", detail: expect.stringContaining("redirect") });
    expect(target.requests).toEqual([]);
  });

  it.each([
    ["a web page", "text/html", `<h1>${SECRET}</h1>`],
    ["JSON that is not MCP", "application/json", JSON.stringify({ secret: SECRET })],
    ["JSON that is broken", "application/json", `{"${SECRET}`],
    ["another protocol's answer", "application/json", JSON.stringify({ jsonrpc: "1.0", id: 0, result: SECRET })],
  ])("says that %s is not MCP", async (_what, type, body) => {
    const { url } = await listen((_request, response) => response.writeHead(200, { "content-type": type }).end(body));
    expect(await failure(url)).toMatchObject({
      code: "import_failed",
      detail: "The server does not answer as an MCP server over Streamable HTTP.",
    });
  });

  it("gives up on a server that is slow, at the bound", async () => {
    const { url } = await startMcpServer({ tools: [], beforePage: () => new Promise(() => undefined) });
    expect(await failure(url, { bounds: { requestMs: 200 } })).toMatchObject({
      code: "import_failed",
      detail: "The server did not answer within 0.2 seconds.",
    });
  });

  it("gives up on a server that ends its stream without an answer", async () => {
    const { url } = await listen((_request, response) =>
      response.writeHead(200, { "content-type": "text/event-stream" }).end(": nothing\n\n"),
    );
    expect(await failure(url, { bounds: { requestMs: 100 } })).toMatchObject({
      code: "import_failed",
      detail: "The server did not answer within 0.1 seconds.",
    });
  });

  it("says that a server offers no tools, and tells an MCP error by its number alone", async () => {
    const none = await startMcpServer({ tools: [], withoutTools: true });
    expect((await failure(none.url)).detail).toBe("The server offers no tools.");
    const failing = await startMcpServer({ tools: [], beforePage: () => Promise.reject(new Error(SECRET)) });
    expect((await failure(failing.url)).detail).toBe("The server answered with the MCP error -32603.");
  });

  it("ends the session that it began, and does not wait long for a server that is slow to forget it", async () => {
    const live = await startMcpServer({ tools: [remoteTool("a")], sessions: true, slowToForget: true });
    await expect(read(live.url)).resolves.toMatchObject({ tools: [{ name: "a" }] });
    const ended = live.requests.find(({ method }) => method === "DELETE");
    expect(ended?.headers["mcp-session-id"]).toBeDefined();
  });

  it("gives up on answers that are huge, on lists that are long, and on lists that never end", async () => {
    const huge = await startMcpServer({ tools: [remoteTool("a", { description: "x".repeat(200_000) })] });
    expect(await failure(huge.url, { bounds: { maxBytes: 100_000 } })).toMatchObject({
      detail: "The server's answers exceed 0.1 MB.",
    });
    const long = await startMcpServer({ tools: Array.from({ length: 11 }, (_, i) => remoteTool(`t${i}`)) });
    expect(await failure(long.url, { bounds: { maxTools: 10 } })).toMatchObject({
      detail: "The server lists more than 10 tools.",
    });
    const endless = await startMcpServer({ tools: [], endless: true });
    expect(await failure(endless.url, { bounds: { maxPages: 4 } })).toMatchObject({
      detail: "The server's list of tools has more than 4 pages.",
    });
  });

  it.each([
    ["a name that is too long", [remoteTool("x".repeat(257))], "The name of tool number 1"],
    ["a name that is empty", [remoteTool("ok"), remoteTool("")], "The name of tool number 2"],
    ["a name with a line break", [remoteTool("a\nb")], "The name of tool number 1"],
    ["a name that hides its direction", [remoteTool("a\u202eb")], "The name of tool number 1"],
    ["two tools of one name", [remoteTool("a"), remoteTool("a")], "twice"],
    ["a definition that is too long", [remoteTool("a", { description: "x".repeat(100_001) })], "more than 100000"],
    ["a schema that is nested too deep", [remoteTool("a", { inputSchema: nested(80) })], "nested too deep"],
  ])("refuses %s", async (_what, tools, detail) => {
    const { url } = await startMcpServer({ tools });
    expect(await failure(url)).toMatchObject({ code: "import_failed", detail: expect.stringContaining(detail) });
  });

  it("refuses link-local and metadata addresses, by number and by name, as a refusal that is recorded", async () => {
    for (const url of ["http://169.254.169.254/mcp", "http://[fd00:ec2::254]/mcp"])
      expect(await failure(url)).toMatchObject({ code: "import_target_refused", refusal: true });
    const { port, requests } = await startMcpServer({ tools: [] });
    const resolve = () => Promise.resolve([{ address: "fe80::1", family: 6 }]);
    expect(await failure(`http://tickets.example:${port}/mcp`, { resolve })).toMatchObject({
      code: "import_target_refused",
      detail: "This address may not be called: it is a link-local address.",
    });
    expect(requests).toEqual([]);
  });

  it("says that nothing listens, and that a name does not resolve", async () => {
    const { url } = await listen((_request, response) => response.end());
    stopServers();
    expect((await failure(url)).detail).toBe("Nothing listens at this address: the connection was refused.");
    const resolve = () => Promise.reject(Object.assign(new Error(SECRET), { code: "ENOTFOUND" }));
    expect((await failure("http://nowhere.example/mcp", { resolve })).detail).toBe("The host name does not resolve.");
  });
});

function nested(depth: number): { type: "object"; properties: Record<string, object> } {
  let schema: object = {};
  for (let i = 0; i < depth; i++) schema = { not: schema };
  return { type: "object", properties: { a: schema } };
}
