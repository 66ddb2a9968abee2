import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MachineInput } from "@/lib/http/machine";
import { newId } from "@/lib/id";
import { cacheFacts, underLease } from "@/lib/testing/caching";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { makeCredential } from "@/lib/token/format";
import { answerValidate } from "./endpoint";
import { stopCaching } from "./fact-cache";
import { closeRuntime } from "./runtime";
import { strangers } from "./strangers";

useTestDatabase();

type Company = Awaited<ReturnType<typeof company>>;
let flooding: Company;
let other: Company;
beforeAll(async () => {
  [flooding, other] = [await company(), await company()];
  await cacheFacts();
});
afterAll(async () => {
  await stopCaching();
  await closeRuntime();
});

async function company() {
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  const person = await makeHolder(role.id);
  const key = await makeKey(server.id);
  return { key, token: await makeToken({ personId: person.id, roleId: role.id, serverIds: [server.id] }) };
}

/** The reason that a call of the company's server is told; `unavailable` where it is told nothing. */
async function ask({ key }: Company, token: string): Promise<unknown> {
  const input: MachineInput = {
    headers: { authorization: `Bearer ${key.secret}`, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ token, tool: "list_tickets" })),
    requestId: newId("request"),
    source: { ip: "192.0.2.1", userAgent: null },
  };
  const answer = await answerValidate(input).catch((error: unknown) => error as { code: string });
  return "body" in answer ? (JSON.parse(answer.body) as { reason: unknown }).reason : answer.code;
}

/** More than are let in at once, even where nobody else asks. */
const FLOOD = 200;
/** Calls with invented tokens, each of them noted in `told` once it is answered. */
const flood = (told: unknown[]) =>
  Array.from({ length: FLOOD }, () => ask(flooding, makeCredential("rw")).then((reason) => told.push(reason)));

/** Keeps every look-up of a token under way while the work is done. */
async function whileLookUpsHang<T>(work: () => Promise<T>): Promise<T> {
  const blocker = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await blocker.connect();
  try {
    await blocker.query("BEGIN; LOCK TABLE token IN ACCESS EXCLUSIVE MODE");
    return await work();
  } finally {
    await blocker.end();
  }
}

describe("a flood of calls with invented tokens", () => {
  it("waits for its turn, while a known token's call is answered before any of it", async () => {
    const seen = await underLease(async () => {
      await ask(flooding, flooding.token.secret);
      const told: unknown[] = [];
      const { calls, ...seen } = await whileLookUpsHang(async () => {
        const calls = flood(told);
        const { waiting } = strangers;
        const reason = await ask(flooding, flooding.token.secret);
        return { calls, waiting, reason, toldBefore: told.length };
      });
      await Promise.all(calls);
      return { ...seen, told: told.length };
    });
    expect(seen).toMatchObject({ reason: "ok", toldBefore: 0, told: FLOOD });
    expect(seen.waiting).toBeGreaterThan(FLOOD / 2);
    expect(strangers.waiting).toBe(0);
  });

  it("keeps another server's first call waiting for a part of it alone", async () => {
    const told: unknown[] = [];
    const toldBefore = await underLease(async () => {
      await ask(flooding, flooding.token.secret);
      await ask(other, other.token.secret);
      told.length = 0;
      const calls = flood(told);
      expect(strangers.waiting).toBeGreaterThan(FLOOD / 2);
      await ask(other, makeCredential("rw"));
      const before = told.length;
      await Promise.all(calls);
      return before;
    });
    expect(told).toHaveLength(FLOOD);
    // A whole round of the flood, or more, is answered after it.
    expect(FLOOD - toldBefore).toBeGreaterThanOrEqual(64);
  });
});
