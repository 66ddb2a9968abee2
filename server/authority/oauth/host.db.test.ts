import { generateKeyPairSync } from "node:crypto";
import { request } from "node:http";
import { exportJWK, SignJWT } from "jose";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { makeRole, makeServer } from "@/lib/testing/make";
import { makeClient } from "./testing/client";
import { useListener } from "./testing/listener";

useTestDatabase();
const { issuer } = useListener();

/** One request under a name of the caller's choice. */
function ask(
  path: string,
  headers: Record<string, string>,
  form?: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const body = form && new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, issuer()), {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...headers,
        ...(body === undefined
          ? {}
          : { "content-type": "application/x-www-form-urlencoded", "content-length": body.length }),
      },
    });
    asked.on("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

it.each<Record<string, string>>([
  { host: "evil.example" },
  { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
  { "x-forwarded-host": "evil.example", "x-forwarded-port": "1", forwarded: "host=evil.example;proto=https" },
])("names its own addresses in the metadata, whatever the request says: %j", async (headers) => {
  for (const path of ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]) {
    const { status, text } = await ask(path, headers);
    expect(status).toBe(200);
    expect(text).not.toContain("evil.example");
    const metadata = JSON.parse(text) as Record<string, unknown>;
    for (const [name, value] of Object.entries(metadata))
      if (name.endsWith("_endpoint") || name.endsWith("_uri")) expect(value).toMatch(new RegExp(`^${issuer()}/`));
  }
});

it("takes no assertion that a client made out to another server, though the request says that it is that one", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256", use: "sig" }] };
  const client = await makeClient({ kind: "machine", authMethod: "private_key_jwt", jwks });
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  await db().agentRole.create({ data: { agentId: client.agentId, roleId: role.id, assignedBy: "test" } });
  const withAssertion = async (audience: string, host: string) => {
    const assertion = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: "ES256", kid: "k" })
      .setIssuer(client.clientId)
      .setSubject(client.clientId)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(privateKey);
    const form = {
      grant_type: "client_credentials",
      resource: server.resource,
      scope: "tickets:read",
      client_id: client.clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    };
    return ask("/oauth/token", { host }, form);
  };
  expect(await withAssertion(issuer(), new URL(issuer()).host)).toMatchObject({ status: 200 });
  expect(await withAssertion("http://evil.example/oauth/token", "evil.example")).toMatchObject({ status: 401 });
});
