import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbedded } from "../database/embedded";
import { TestRedis } from "@/lib/testing/redis";
import { makeBoundCaller, makeCaller } from "./caller";
import { atEnd, childPid, cleanUp, launcherEnv, makeDataDir, startGatehouse, until, type Gatehouse } from "./gatehouse";
import type { Caller } from "./load";

let url: string;
let adminToken: string;

beforeAll(async () => {
  const server = await startEmbedded(makeDataDir());
  atEnd(() => server.stop());
  url = server.url;
});
afterAll(cleanUp);

/** Two instances on the one database, each with a data folder and a port of its own. */
async function startTwo(env: Record<string, string> = {}): Promise<[Gatehouse, Gatehouse]> {
  const one = await startGatehouse({ env: { DATABASE_URL: url, ...env } });
  const two = await startGatehouse({ env: { DATABASE_URL: url, ...env } });
  adminToken ??= await mintAdminToken();
  return [one, two];
}

async function mintAdminToken(): Promise<string> {
  const args = ["dist/cli.mjs", "token", "mint", "--admin", "--scopes", "*", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: launcherEnv({ DATABASE_URL: url }) });
  return (JSON.parse(stdout) as { token: string }).token;
}

type Verdict = { decision: string; reason: string; rateLimit: { limit: number; remaining: number } | null };

/** Asks until there is a decision: on a busy machine one may miss its deadline, which is 503. */
async function ask(instance: Gatehouse, { key, token, tool }: Caller): Promise<Verdict> {
  for (;;) {
    const response = await fetch(`${instance.base}/api/v1/validate`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ token, tool }),
    });
    if (response.status === 200) return (await response.json()) as Verdict;
    expect(response.status).toBe(503);
  }
}

type Revocation = { revoked: number; confirmedBy: number; processes: number; waitedMs: number; complete: boolean };

async function revoke(instance: Gatehouse, tokenId: string): Promise<Revocation> {
  const response = await fetch(`${instance.base}/api/v1/tokens/${tokenId}/revoke`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "test" }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Revocation;
}

/** Revokes a token that every one of `asked` has allowed (and so may have cached); then each refuses it. */
async function revokeCached(by: Gatehouse, asked: readonly Gatehouse[]): Promise<Revocation> {
  const caller = await makeCaller(url);
  for (const instance of [...asked, ...asked]) expect((await ask(instance, caller)).decision).toBe("allow");
  const revocation = await revoke(by, caller.tokenId);
  for (const instance of asked)
    expect(await ask(instance, caller)).toMatchObject({ decision: "deny", reason: "revoked" });
  expect(revocation).toMatchObject({ revoked: 1, complete: true });
  return revocation;
}

/** The same until so many processes took part: on a busy machine a lease may have lapsed just then. */
async function revokeUntilConfirmedBy(count: number, by: Gatehouse, asked: readonly Gatehouse[]): Promise<void> {
  await until(async () => {
    const { confirmedBy, processes } = await revokeCached(by, asked);
    return confirmedBy === count && processes === count;
  });
}

describe("two instances on one database", () => {
  it("both confirm a revocation, which each refuses at once; none waits for one that was killed, and a new one joins", async () => {
    const [one, two] = await startTwo();
    await revokeUntilConfirmedBy(2, one, [one, two]);
    await revokeUntilConfirmedBy(2, two, [one, two]);

    const authority = childPid(two.pid, "authority.mjs");
    two.process.kill("SIGSTOP"); // or it would start another authority before it is killed itself
    process.kill(authority, "SIGKILL");
    two.process.kill("SIGKILL");
    await two.exited;
    await revokeCached(one, [one]);
    await revokeUntilConfirmedBy(1, one, [one]);

    const again = await startGatehouse({ dataDir: two.dataDir, port: two.port, env: { DATABASE_URL: url } });
    await revokeUntilConfirmedBy(2, one, [one, again]);
    expect(await one.stop()).toBe(0);
    await revokeUntilConfirmedBy(1, again, [again]);
    expect(await again.stop()).toBe(0);
  });
});

const RATE = { limit: 10, windowSeconds: 3600 };

/** How many of `calls` were allowed at each instance, asked in turns. */
async function allowedOf(calls: number, instances: readonly Gatehouse[], caller: Caller): Promise<number[]> {
  const allowed = instances.map(() => 0);
  for (let call = 0; call < calls; call++)
    for (const [index, instance] of instances.entries()) {
      const { decision, reason } = await ask(instance, caller);
      if (decision === "allow") allowed[index] = (allowed[index] ?? 0) + 1;
      else expect(reason).toBe("rate_limited");
    }
  return allowed;
}

/** Repeats with a new token until the instances knew each other the whole time: a lease may lapse on a busy machine. */
async function untilAllowed(expected: number[], instances: readonly Gatehouse[]): Promise<void> {
  const seen: number[][] = [];
  await until(
    async () => {
      seen.push(await allowedOf(RATE.limit + 1, instances, await makeCaller(url, { rateLimit: RATE })));
      return String(seen.at(-1)) === String(expected);
    },
    60_000,
    () => `allowed ${JSON.stringify(seen)}`,
  );
}

describe("a rate limit over two instances", () => {
  it("is enforced by each to its share without REDIS_URL", async () => {
    const instances = await startTwo();
    await untilAllowed([5, 5], instances);
    for (const instance of instances) expect(await instance.stop()).toBe(0);
  });

  it("allows exactly the limit, at whichever instance, with REDIS_URL", async () => {
    const redis = await TestRedis.begin();
    atEnd(() => redis.stop());
    const [one, two] = await startTwo({ REDIS_URL: redis.url });
    await untilAllowed([5, 5], [one, two]);
    await untilAllowed([10], [one]);
    const caller = await makeCaller(url, { rateLimit: RATE });
    expect(await allowedOf(7, [one], caller)).toEqual([7]);
    expect(await allowedOf(11, [two], caller)).toEqual([3]);
    expect(await allowedOf(1, [one], caller)).toEqual([0]);
    for (const instance of [one, two]) expect(await instance.stop()).toBe(0);
  });
});

describe("a proof of possession over two instances", () => {
  it("counts once, though it comes to both of them many times at once", async () => {
    const [one, two] = await startTwo();
    const { key, token, holder } = await makeBoundCaller(url, one.base);
    const request = { method: "POST", url: "https://tickets.example.com/mcp" };
    const use = async (instance: Gatehouse, proof: string): Promise<Verdict> => {
      const response = await fetch(`${instance.base}/api/v1/validate`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ token, dpop: { proof, ...request } }),
      });
      return (await response.json()) as Verdict;
    };
    for (const [first, second] of [
      [one, two],
      [two, one],
    ] as const) {
      const proof = await holder.prove({ ...request, token });
      expect(await use(first, proof)).toMatchObject({ decision: "allow" });
      expect(await use(second, proof)).toMatchObject({ decision: "deny", reason: "malformed" });
    }
    const proof = await holder.prove({ ...request, token });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, nth) => use(nth % 2 ? one : two, proof)));
    expect(answers.filter(({ decision }) => decision === "allow")).toHaveLength(1);
    for (const instance of [one, two]) expect(await instance.stop()).toBe(0);
  });
});
