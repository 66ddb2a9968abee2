import { afterAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { toProblem } from "@/lib/http/problem";
import { newId } from "@/lib/id";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { makeCredential } from "@/lib/token/format";
import { revokeRoute } from "./revoke";
import { closeRuntime } from "@/lib/validate/runtime";

useTestDatabase();
afterAll(closeRuntime);

async function company() {
  const person = await makePerson();
  const agent = await makeAgent(person.id);
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  const key = await makeKey(server.id);
  const token = await makeToken({ personId: person.id, agentId: agent.id, roleId: role.id, serverIds: [server.id] });
  const ownToken = await makeToken({ agentId: agent.id, roleId: role.id, serverIds: [server.id] });
  return { person, agent, server, key, token, ownToken };
}

/** Sends a form to the endpoint; the status, and what the log got. */
async function revoke(fields: Record<string, string>, authorization?: string) {
  const { result, error, entries } = await observe(() =>
    revokeRoute.handle({
      method: "POST",
      path: revokeRoute.path,
      headers: { "content-type": "application/x-www-form-urlencoded", authorization },
      body: Buffer.from(new URLSearchParams(fields).toString()),
      requestId: newId("request"),
      source: { ip: "192.0.2.1", userAgent: null },
    }),
  );
  return { status: result?.status ?? toProblem(error, "req_test").status, body: result?.body, entries };
}

const isRevoked = async (id: string) =>
  (await db().token.findUniqueOrThrow({ where: { id }, select: { revokedAt: true } })).revokedAt !== null;

describe("POST /oauth/revoke", () => {
  it("lets the holder of the secret end a token, and records the token itself as the actor", async () => {
    const { token, ownToken } = await company();
    for (const { id, secret } of [token, ownToken]) {
      const { status, body, entries } = await revoke({ token: secret, token_type_hint: "access_token" });
      expect([status, body]).toEqual([200, ""]);
      expect(await isRevoked(id)).toBe(true);
      expect(entries).toMatchObject([
        { action: "token.revoke", outcome: "success", targetId: id, body: { actor: { kind: "token", id } } },
      ]);
      expect(JSON.stringify(entries.map((entry) => entry.body))).not.toContain(secret.slice(7, 40));
    }
  });

  it("takes the token itself as bearer", async () => {
    const { token } = await company();
    expect((await revoke({ token: token.secret }, `Bearer ${token.secret}`)).status).toBe(200);
    expect(await isRevoked(token.id)).toBe(true);
  });

  it("names the server that asked, where it showed its key", async () => {
    const { token, key, server } = await company();
    const { status, entries } = await revoke({ token: token.secret }, `Bearer ${key.secret}`);
    expect(status).toBe(200);
    expect(await isRevoked(token.id)).toBe(true);
    expect(entries).toMatchObject([{ action: "token.revoke", body: { actor: { kind: "server", id: server.id } } }]);
  });

  it("answers 200 to an unknown, a malformed and an ended token and to a server key, and ends nothing by it", async () => {
    const { token, key } = await company();
    await revoke({ token: token.secret });
    for (const [secret, entry] of [
      [makeCredential("rw"), { outcome: "failure", reason: "unknown_token" }],
      ["nonsense", { outcome: "failure", reason: "malformed" }],
      [key.secret, { outcome: "failure", reason: "unknown_token" }],
    ] as const) {
      const { status, body, entries } = await revoke({ token: secret });
      expect([status, body]).toEqual([200, ""]);
      expect(entries).toMatchObject([{ action: "token.revoke", ...entry }]);
    }
    expect((await revoke({ token: token.secret })).status).toBe(200);
    expect((await db().serverKey.findUniqueOrThrow({ where: { id: key.id } })).revokedAt).toBeNull();
  });

  it("answers 401 to a bad key beside it, and ends nothing", async () => {
    const { token, ownToken } = await company();
    for (const bad of [`Bearer ${makeCredential("srv")}`, `Bearer ${ownToken.secret}`, "Basic !"]) {
      const { status, entries } = await revoke({ token: token.secret }, bad);
      expect(status).toBe(401);
      expect(entries).toMatchObject([{ action: "key.refuse" }]);
    }
    expect(await isRevoked(token.id)).toBe(false);
  });

  it("answers 400 without a token", async () => {
    expect((await revoke({})).status).toBe(400);
  });

  it("lets two at the same moment both succeed, with one revocation", async () => {
    const { token } = await company();
    const { result, entries } = await observe(() =>
      Promise.all([1, 2].map(() => revoke({ token: token.secret }).then(({ status }) => status))),
    );
    expect(result).toEqual([200, 200]);
    expect(entries.filter(({ outcome }) => outcome === "success").length).toBeLessThanOrEqual(2);
    expect(await isRevoked(token.id)).toBe(true);
  });
});
