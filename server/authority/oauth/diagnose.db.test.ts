import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { diagnose } from "@/lib/oauth/diagnose";
import { makePerson, makeServer } from "@/lib/testing/make";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { useListener } from "./testing/listener";

useTestDatabase();
const { issuer } = useListener();

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Way = {
  status?: number;
  challenge?: (origin: string) => string | undefined;
  metadata?: (origin: string) => object | undefined;
  metadataPath?: string;
  cors?: boolean;
};

/** An MCP server that does as much of it as is said; the rest is as it should be. */
async function serverThat(way: Way = {}): Promise<{ url: string; origin: string }> {
  const path = way.metadataPath ?? "/.well-known/oauth-protected-resource/mcp";
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const cors = way.cors === false ? {} : { "access-control-allow-origin": "*" };
    if (request.url === path) {
      const body = (way.metadata ?? good)(origin);
      response.writeHead(body ? 200 : 404, { "content-type": "application/json", ...cors });
      return response.end(JSON.stringify(body ?? {}));
    }
    if (request.url !== "/mcp") return response.writeHead(404).end();
    const challenge = (way.challenge ?? ((at: string) => `Bearer resource_metadata="${at}${path}"`))(origin);
    const expose = { "access-control-expose-headers": "WWW-Authenticate", "access-control-allow-origin": "*" };
    return response
      .writeHead(way.status ?? 401, challenge ? { "www-authenticate": challenge, ...expose } : {})
      .end("{}");
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(server);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/mcp`, origin };
}

const good = (origin: string) => ({
  resource: `${origin}/mcp`,
  authorization_servers: [issuer()],
  scopes_supported: ["tickets:read"],
});

/** What is wrong, in the words that a reader sees. */
async function complaints(url: string): Promise<string[]> {
  const { findings } = await diagnose(systemCtx(), { url });
  return findings.filter(({ outcome }) => outcome !== "ok").map(({ outcome, title }) => `${outcome}: ${title}`);
}

describe("the way in to a server", () => {
  it("is walked to its end, and has nothing to say of one where all is as it should be", async () => {
    const { url } = await serverThat();
    await makeServer({ resource: url });
    const { findings } = await diagnose(systemCtx(), { url });
    expect(findings.map(({ outcome }) => outcome)).toEqual(findings.map(() => "ok"));
    expect(findings.at(-1)).toMatchObject({ title: "It is registered here" });
  });

  it.each<[string, Way, string[]]>([
    ["lets anybody in", { status: 200 }, ["fault: The server lets anybody in"]],
    ["answers 403", { status: 403 }, ["fault: A request without a token is not answered with 401"]],
    ["sends no challenge", { challenge: () => undefined }, ["warning: 401, but without WWW-Authenticate"]],
    ["names no metadata", { challenge: () => "Bearer" }, ["warning: The challenge names no metadata"]],
    ["has no metadata", { metadata: () => undefined }, ["fault: There is no metadata of the server"]],
    ["closes it to browsers", { cors: false }, ["warning: Clients in a browser cannot read it"]],
    [
      "speaks of another address",
      { metadata: (origin) => ({ ...good(origin), resource: `${origin}/other` }) },
      ["fault: The metadata is about another address"],
    ],
    [
      "spells its address otherwise",
      { metadata: (origin) => ({ ...good(origin), resource: `${origin}/mcp/` }) },
      ["warning: The resource is spelled otherwise"],
    ],
    [
      "asks for offline_access",
      { metadata: (origin) => ({ ...good(origin), scopes_supported: ["tickets:read", "offline_access"] }) },
      ["warning: offline_access is listed as a scope", "warning: It names scopes that are not registered here"],
    ],
    [
      "names no authorization server",
      { metadata: (origin) => ({ ...good(origin), authorization_servers: [] }) },
      ["fault: No authorization server is named"],
    ],
    [
      "leads to one that is none",
      { metadata: (origin) => ({ ...good(origin), authorization_servers: [origin] }) },
      ["warning: It leads to another authorization server", "fault: The authorization server has no metadata"],
    ],
    [
      "names scopes that nobody registered",
      { metadata: (origin) => ({ ...good(origin), scopes_supported: ["tickets:read", "made:up"] }) },
      ["warning: It names scopes that are not registered here"],
    ],
  ])("tells of a server that %s", async (_what, way, expected) => {
    const { url } = await serverThat(way);
    await makeServer({ resource: url });
    expect(await complaints(url)).toEqual(expected);
  });

  it("tells of a server that is not registered, and of one that is disabled", async () => {
    const { url } = await serverThat();
    expect(await complaints(url)).toEqual(["fault: The server is not registered here"]);
    const server = await makeServer({ resource: url });
    await db().mcpServer.update({ where: { id: server.id }, data: { status: "disabled", disabledAt: new Date() } });
    expect(await complaints(url)).toEqual(["fault: The server is disabled here"]);
  });

  it("tells of an address where nothing listens", async () => {
    const { url } = await serverThat();
    open.splice(0).forEach((server) => server.close());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await complaints(url)).toEqual(["fault: The server does not answer"]);
  });

  it("calls no metadata service of a cloud, and asks nothing for who may not register servers", async () => {
    await expect(diagnose(systemCtx(), { url: "http://169.254.169.254/mcp" })).rejects.toMatchObject({
      code: "import_target_refused",
    });
    const auditor = await makePerson({ consoleRole: "auditor" });
    await expect(diagnose(personCtx(auditor), { url: "http://127.0.0.1:9/mcp" })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
