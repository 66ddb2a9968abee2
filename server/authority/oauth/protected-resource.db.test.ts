import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { makeServer } from "@/lib/testing/make";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const of = async (serverId: string) => {
  const { slug } = await db().mcpServer.findUniqueOrThrow({ where: { id: serverId }, select: { slug: true } });
  return `/oauth/resources/${slug}`;
};

describe("GET /oauth/resources/{slug}", () => {
  it("tells a client what it must know to get a token for the server, without a key and from any page", async () => {
    const server = await makeServer();
    await db().scope.create({
      data: { id: "scp_0123456789abcdefghjkmnpqrs", serverId: server.id, name: "offline_access", access: "read" },
    });
    const answer = await reach(await of(server.id), { headers: { origin: "https://inspector.example" } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(await answer.json()).toEqual({
      resource: server.resource,
      resource_name: server.name,
      authorization_servers: [issuer()],
      scopes_supported: ["tickets:read", "tickets:write"],
      bearer_methods_supported: ["header"],
      authorization_details_types_supported: ["mcp_tools"],
      dpop_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
      dpop_bound_access_tokens_required: false,
    });
    const preflight = await reach(await of(server.id), { method: "OPTIONS" });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
    const head = await reach(await of(server.id), { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("knows neither the admin API, nor a server that is disabled, nor what is none", async () => {
    const server = await makeServer();
    const path = await of(server.id);
    await db().mcpServer.update({ where: { id: server.id }, data: { status: "disabled", disabledAt: new Date() } });
    for (const nowhere of [
      path,
      await of("srv_gatehouse"),
      "/oauth/resources/",
      "/oauth/resources/none",
      "/oauth/resources/a%00b",
      "/oauth/resources/a/b",
      `/oauth/resources/${"a".repeat(5000)}`,
    ])
      // prettier-ignore
      expect(await (await reach(nowhere)).json()).toMatchObject({ code: "server_not_found" });
    expect((await reach(path, { method: "POST", body: "x" })).status).toBe(405);
  });
});
