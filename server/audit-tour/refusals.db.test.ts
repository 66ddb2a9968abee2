import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { entriesSince, observe, useTestDatabase } from "@/lib/testing/database";
import { makeServer } from "@/lib/testing/make";
import { makeKey } from "@/lib/testing/make-credentials";
import { REASONS } from "@/lib/validate/reasons";
import { useListener } from "../authority/oauth/testing/listener";
import { unpromised } from "./promises";
import { machineRefusals, oauthRefusals, peopleRefusals, validateRefusals, type Refusal } from "./refusals";

useTestDatabase();
const { reach, issuer } = useListener();

/** Reasons that only OAuth tokens know, and the test that has an entry with each. */
const ELSEWHERE = {
  approval_required: "server/authority/oauth/approvals.db.test.ts",
  idle_timeout: "server/authority/oauth/flow.db.test.ts",
};

/** Does each in turn; whichever left another entry than its own, or none. */
async function missed(refusals: readonly Refusal[]): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const { act, ...expected } of refusals) {
    const { entries } = await observe(act);
    const last = entries.at(-1);
    const same =
      last?.action === expected.action && last.outcome === expected.outcome && last.reason === expected.reason;
    if (!same)
      wrong.push({ expected, entries: entries.map(({ action, outcome, reason }) => [action, outcome, reason]) });
  }
  return wrong;
}

describe("every refusal leaves its entry", () => {
  it("of a call, for each reason there is", async () => {
    const refusals = await validateRefusals(reach);
    expect(await missed(refusals)).toEqual([]);
    const tried = new Set(refusals.map(({ reason }) => reason));
    expect(REASONS.filter((reason) => reason !== "ok" && !tried.has(reason)).sort()).toEqual(Object.keys(ELSEWHERE).sort());
    for (const [reason, file] of Object.entries(ELSEWHERE)) expect(readFileSync(file, "utf8")).toContain(reason);
  }); // prettier-ignore

  it("of servers without a good key, of the admin API, of another site's page, and of who ends what is not there", async () => {
    expect(await missed(machineRefusals(reach))).toEqual([]);
  });

  it("of the OAuth endpoints", async () => {
    expect(await missed(await oauthRefusals(reach, issuer()))).toEqual([]);
  });

  it("of whoever signs in, or proves who they are", async () => {
    expect(await missed(await peopleRefusals())).toEqual([]);
  });

  it("with only what the catalogue promises", async () => {
    expect([...new Set((await entriesSince()).flatMap(unpromised))]).toEqual([]);
  });
});

describe("what leaves no entry", () => {
  const ask = (path: string, init: RequestInit) => () => reach(path, init);
  it.each([
    ["a method that an endpoint has not: nothing was asked for", 405, ask("/api/v1/validate", { method: "DELETE" })],
    ["a path that is none", 400, ask("/%ff", {})],
    ["a body that is too large: it was not read", 413, ask("/api/v1/validate", { method: "POST", body: "x".repeat(2_000_000) })],
  ])("%s", async (_what, status, act) => {
    const { result, entries } = await observe(act);
    expect({ status: result?.status, entries }).toEqual({ status, entries: [] });
  }); // prettier-ignore

  it("a question of a server that is known, but cannot be read: no token was named, so nothing was decided", async () => {
    const key = await makeKey((await makeServer()).id);
    const headers = { authorization: `Bearer ${key.secret}`, "content-type": "application/json" };
    const { result, entries } = await observe(ask("/api/v1/validate", { method: "POST", headers, body: "{" }));
    expect({ status: result?.status, entries }).toEqual({ status: 400, entries: [] });
  });
});
