import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { newId } from "@/lib/id";
import { parseChallenge } from "@/lib/testing/challenge";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeServer } from "@/lib/testing/make";
import { getChallenges, wellKnownMetadata } from "./challenges";
import { readProtectedResource } from "./protected-resource";

// What the MCP authorization specification (2026-07-28) asks of MCP servers' challenges: Gatehouse has them ready.
useTestDatabase();

async function challengesOf(server: { id: string }) {
  const { insufficientScope, ...rest } = await getChallenges(systemCtx(), { serverId: server.id });
  return {
    ...{ metadata: rest.metadata, insufficientScope },
    unauthenticated: parseChallenge(rest.unauthenticated),
    invalidToken: parseChallenge(rest.invalidToken),
    forbidden: insufficientScope.map(({ value, ...set }) => ({ ...set, ...parseChallenge(value) })),
  };
}

describe("MUST (one): PRM found through WWW-Authenticate: resource_metadata or well-known", () => {
  it("names the document that Gatehouse serves of this very server, and where a copy of it belongs", async () => {
    const server = await makeServer();
    const { metadata, unauthenticated, invalidToken, forbidden } = await challengesOf(server);
    expect(metadata.hosted.startsWith(`${env().GATEHOUSE_URL}/oauth/resources/`)).toBe(true);
    const slug = metadata.hosted.split("/").at(-1) ?? "";
    expect(await readProtectedResource(slug)).toMatchObject({ resource: server.resource });
    for (const { parameters } of [unauthenticated, invalidToken, ...forbidden])
      expect(parameters.resource_metadata).toBe(metadata.hosted);
    expect(metadata.wellKnown).toBe(wellKnownMetadata(server.resource));
  });

  it.each([
    ["https://a.example", "https://a.example/.well-known/oauth-protected-resource"],
    ["https://a.example/mcp", "https://a.example/.well-known/oauth-protected-resource/mcp"],
    ["https://a.example/x/mcp?t=1", "https://a.example/.well-known/oauth-protected-resource/x/mcp?t=1"],
    ["urn:example:tickets", null],
  ])("puts the well-known path of %s between host and path (RFC 9728 §3.1): %s", (resource, expected) =>
    expect(wellKnownMetadata(resource)).toBe(expected),
  );
});

describe("SHOULD: scope in the 401 challenge; 403 with insufficient_scope, all that are needed at once, resource_metadata", () => {
  it("asks at first for the least that is of use, and says no error where there was no token (RFC 6750 §3.1)", async () => {
    const { unauthenticated, invalidToken } = await challengesOf(await makeServer());
    expect(unauthenticated).toMatchObject({ scheme: "Bearer", parameters: { scope: "tickets:read" } });
    expect(unauthenticated.parameters).not.toHaveProperty("error");
    expect(invalidToken.parameters).toMatchObject({ error: "invalid_token", scope: "tickets:read" });
  });

  it("names for each tool all the scopes that it needs, and says nothing of a tool that nobody may call", async () => {
    const server = await makeServer();
    const scopes = await db().scope.findMany({ where: { serverId: server.id }, orderBy: { name: "asc" } });
    const make = (name: string, of: { id: string }[]) =>
      db().tool.create({
        data: {
          ...{ id: newId("tool"), serverId: server.id, name, source: "manual" as const },
          scopes: {
            create: of.map(({ id }) => ({ scope: { connect: { id_serverId: { id, serverId: server.id } } } })),
          },
        },
      });
    await make("move_ticket", scopes);
    await make("merge_tickets", [...scopes].reverse());
    await make("closed_tool", []);
    const { forbidden } = await challengesOf(server);
    expect(forbidden.find(({ tools }) => tools.includes("move_ticket"))).toMatchObject({
      tools: ["merge_tickets", "move_ticket"],
      parameters: { error: "insufficient_scope", scope: "tickets:read tickets:write" },
    });
    expect(forbidden.flatMap(({ tools }) => tools)).not.toContain("closed_tool");
  });

  it("is a DPoP challenge with the algorithms of proofs where the server's tokens must be bound (RFC 9449 §7.1)", async () => {
    const server = await makeServer();
    await db().mcpServer.update({ where: { id: server.id }, data: { requireDpop: true } });
    const { unauthenticated, invalidToken, forbidden } = await challengesOf(server);
    for (const { scheme, parameters } of [unauthenticated, invalidToken, ...forbidden])
      expect({ scheme, algs: parameters.algs }).toEqual({ scheme: "DPoP", algs: "ES256 Ed25519 EdDSA" });
  });
});

it("SHOULD: offline_access is left out of challenges", async () => {
  const server = await makeServer();
  await db().scope.deleteMany({ where: { serverId: server.id, name: { not: "" }, tools: { none: {} } } });
  await db().scope.create({
    data: { id: newId("scope"), serverId: server.id, name: "offline_access", access: "read" },
  });
  const all = await getChallenges(systemCtx(), { serverId: server.id });
  expect(JSON.stringify(all)).not.toContain("offline_access");
});

describe("getChallenges", () => {
  it("knows neither the admin API nor what is none, and is for who may see all servers", async () => {
    for (const serverId of ["srv_gatehouse", newId("server")])
      await expect(getChallenges(systemCtx(), { serverId })).rejects.toMatchObject({ code: "server_not_found" });
    const member = personCtx(await makePerson());
    const { id } = await makeServer();
    const { error, entries } = await observe(() => getChallenges(member, { serverId: id }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "server.read", outcome: "denied", targetId: id }]);
  });
});
