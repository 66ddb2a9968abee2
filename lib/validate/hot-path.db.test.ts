import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MachineInput } from "@/lib/http/machine";
import { newId } from "@/lib/id";
import { cacheFacts, heldCache, underLease } from "@/lib/testing/caching";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { statementsOf } from "@/lib/testing/queries";
import { makeCredential } from "@/lib/token/format";
import { answerValidate } from "./endpoint";
import { stopCaching, tokenKey } from "./fact-cache";
import { closeRuntime, runtime } from "./runtime";

useTestDatabase();

let its: Awaited<ReturnType<typeof company>>;
beforeAll(async () => {
  its = await company();
});
afterAll(closeRuntime);

async function company() {
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  const person = await makeHolder(role.id);
  const key = await makeKey(server.id);
  const terms = { personId: person.id, roleId: role.id, serverIds: [server.id] };
  return { server, key, terms, token: await makeToken(terms) };
}

async function ask(token: string, key = its.key.secret): Promise<Record<string, unknown>> {
  const input: MachineInput = {
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ token, tool: "list_tickets" })),
    requestId: newId("request"),
    source: { ip: "192.0.2.1", userAgent: null },
  };
  return JSON.parse((await answerValidate(input)).body) as Record<string, unknown>;
}

/** Statements that read what a decision is made from; those of the log, the lease and the usage figures are none. */
async function lookUps(work: () => Promise<unknown>): Promise<string[]> {
  await runtime().activity.flush();
  const statements = await statementsOf(work);
  return statements.filter(
    (text) =>
      /\b(FROM|JOIN) (token|access_token|server_key|mcp_server)\b/.test(text) && !/^\s*(INSERT|WITH used)/.test(text),
  );
}

const mistyped = (token: string) => token.slice(0, -1) + (token.endsWith("a") ? "b" : "a");

describe("a call whose key and token were asked about before", () => {
  beforeEach(cacheFacts);
  afterEach(stopCaching);

  it("asks the database for nothing, and is recorded all the same", async () => {
    const once = () => ask(its.token.secret);
    expect(await lookUps(once)).not.toEqual([]);
    const { before, again } = await underLease(async () => {
      await once(); // where the lease was lost meanwhile, nothing is cached
      const before = await lastIdx();
      const again = await lookUps(async () => {
        for (let nth = 0; nth < 10; nth++) expect(await once()).toMatchObject({ decision: "allow", reason: "ok" });
      });
      return { before, again };
    });
    expect(again).toEqual([]);
    expect(await entriesSince(before)).toHaveLength(10);
  });
});

describe("a token whose checksum or form is wrong", () => {
  afterEach(stopCaching);

  it.each([
    ["one letter mistyped", () => mistyped(its.token.secret)],
    ["another kind", () => its.token.secret.replace("gth_rw_", "gth_ro_")],
    ["one letter short", () => its.token.secret.slice(0, -1)],
    ["a server key", () => its.key.secret],
    ["any text", () => "hunter2"],
    ["a JWT of somebody else", () => `${btoa('{"alg":"none"}')}.${btoa("{}")}.x`],
  ])("costs no look-up, with the cache and without: %s", async (_what, token) => {
    const tokens = (statements: string[]) => statements.filter((text) => !/FROM server_key/.test(text));
    expect(tokens(await lookUps(() => ask(makeCredential("rw"))))).not.toEqual([]);
    let answer: Record<string, unknown> = {};
    const asking = async () => void (answer = await ask(token()));
    expect(tokens(await lookUps(asking))).toEqual([]);
    expect(answer).toMatchObject({ active: false, decision: "deny" });
    await cacheFacts();
    await ask(its.token.secret);
    expect(await underLease(() => lookUps(asking).then(tokens))).toEqual([]);
  });
});

describe("a token that nobody knows", () => {
  beforeEach(cacheFacts);
  afterEach(stopCaching);

  it("is not remembered as unknown: minted after it was asked for, it is allowed at once", async () => {
    const secret = makeCredential("rw");
    for (const _turn of [1, 2]) expect(await ask(secret)).toMatchObject({ reason: "unknown_token" });
    const { id } = await makeToken({ ...its.terms, secret });
    expect(await ask(secret)).toMatchObject({ decision: "allow", token: { id } });
  });

  it("takes no room in the cache, whatever number of them is invented", async () => {
    await underLease(() => ask(its.token.secret));
    const { tokens } = heldCache();
    const { size } = tokens;
    await Promise.all(Array.from({ length: 50 }, () => ask(makeCredential("ro"))));
    expect(tokens.size).toBeLessThanOrEqual(size);
    expect(tokens.get(tokenKey(its.server.id, its.token.secret))).toBeDefined();
  });
});

describe("the cache of a process", () => {
  beforeEach(cacheFacts);
  afterEach(stopCaching);

  it("holds 30,000 tokens and 10,000 keys at most, whatever number is asked about, and no token or key itself", async () => {
    const { cache, tokens, keys } = heldCache();
    await underLease(() => ask(its.token.secret));
    const token = tokens.get(tokenKey(its.server.id, its.token.secret));
    if (!token) throw new Error("not cached");
    const read = cache.beginRead();
    for (let nth = 0; nth < 40_000; nth++) {
      tokens.fill(read, `token ${nth}`, token, [{ kind: "token", id: `tok_${nth}` }]);
      keys.fill(read, `key ${nth}`, {} as never, [{ kind: "key", id: `key_${nth}` }]);
    }
    cache.endRead(read);
    expect([tokens.size, keys.size]).toEqual([30_000, 10_000]);
    expect(tokenKey(its.server.id, its.token.secret)).not.toContain(its.token.secret);
  });

  it("lets go a token that it had to make room for, and finds it again", async () => {
    const { cache, tokens } = heldCache();
    await ask(its.token.secret);
    const read = cache.beginRead();
    for (let nth = 0; nth < 100_000; nth++) tokens.fill(read, `token ${nth}`, {} as never, []);
    cache.endRead(read);
    expect(await ask(its.token.secret)).toMatchObject({ decision: "allow" });
  });
});
