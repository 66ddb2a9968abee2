import { afterAll, describe, expect, it } from "vitest";
import { revokeRoute } from "@/server/authority/revoke";
import { closeMachine } from "@/server/authority/routes";
import { validateRoute } from "@/server/authority/validate";
import type { MachineResponse, MachineRoute } from "@/server/authority/http";
import pg from "pg";
import { db, pool } from "@/lib/db";
import { newId } from "@/lib/id";
import { toProblem } from "@/lib/http/problem";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { makeCredential } from "@/lib/token/format";
import { runtime } from "@/lib/validate/runtime";

useTestDatabase();
afterAll(closeMachine);

function send(route: MachineRoute, type: string, body: string, authorization?: string): Promise<MachineResponse> {
  const requestId = newId("request");
  return route
    .handle({
      method: "POST",
      path: route.path,
      headers: { "content-type": type, authorization },
      body: Buffer.from(body),
      requestId,
      source: { ip: "192.0.2.66", userAgent: null },
    })
    .catch((error: unknown) => ({ ...toProblem(error, requestId), body: "" }));
}

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

/**
 * Holds a table so that every look-up in it stays under way, and says how many connections the calls then hold.
 */
async function connectionsHeld(table: string, calls: () => Promise<unknown>[]): Promise<number> {
  const blocker = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await blocker.connect();
  try {
    await blocker.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const answers = calls();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const held = pool().totalCount - pool().idleCount + pool().waitingCount;
    await blocker.query("ROLLBACK");
    await Promise.all(answers);
    return held;
  } finally {
    await blocker.end();
  }
}

const many = (one: () => Promise<unknown>) => () => Array.from({ length: 60 }, one);
const ask = (key: string) => send(validateRoute, JSON_TYPE, JSON.stringify({ token: "x" }), `Bearer ${key}`);

describe("strangers in great number leave the database to those who have a key", () => {
  it("where they ask to revoke invented tokens", async () => {
    const one = () => send(revokeRoute, FORM_TYPE, `token=${makeCredential("ro")}`);
    expect(await connectionsHeld("token", many(one))).toBeLessThanOrEqual(2);
  });

  it("where they show invented server keys, and a server that is known goes before them", async () => {
    const server = await makeServer();
    const key = await makeKey(server.id);
    expect((await ask(key.secret)).status).toBe(200);
    await runtime().activity.flush(); // it writes to the table that is about to be held
    const strangers = many(() => ask(makeCredential("srv")));
    expect(await connectionsHeld("server_key", strangers)).toBe(4);
    expect(await connectionsHeld("server_key", () => [...strangers(), ask(key.secret)])).toBe(5);
  });

  it("where they show nothing, or what is no key: one connection writes down all of them", async () => {
    const nothing = () => send(validateRoute, JSON_TYPE, "{}");
    expect(await connectionsHeld("server_key", many(nothing))).toBeLessThanOrEqual(1);
    expect(
      await connectionsHeld(
        "server_key",
        many(() => ask("gth_srv_x")),
      ),
    ).toBeLessThanOrEqual(1);
  });

  it("and are answered 503 with a time to come back, once too many wait", async () => {
    const one = () => send(revokeRoute, FORM_TYPE, `token=${makeCredential("ro")}`);
    const answers: Promise<MachineResponse>[] = [];
    await connectionsHeld("token", () => {
      answers.push(...Array.from({ length: 103 }, one));
      return answers;
    });
    const refused = (await Promise.all(answers)).filter(({ status }) => status === 503);
    expect(refused).toMatchObject([{ headers: { "retry-after": "1" } }]);
  });

  it("and a token is still revoked by whoever holds it", async () => {
    const server = await makeServer();
    const role = await makeRole([server.id], ["tickets:*"]);
    const person = await makeHolder(role.id);
    const token = await makeToken({ personId: person.id, roleId: role.id, serverIds: [server.id] });
    expect((await send(revokeRoute, FORM_TYPE, `token=${token.secret}`)).status).toBe(200);
    expect((await db().token.findUniqueOrThrow({ where: { id: token.id } })).revokedAt).not.toBeNull();
  });
});
