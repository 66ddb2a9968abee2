import { decodeJwt } from "jose";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeToken } from "@/lib/testing/make-credentials";
import { updateServer } from "@/lib/server/update";
import { startCaching, stopCaching } from "@/lib/validate/fact-cache";
import { answerValidate } from "@/lib/validate/endpoint";
import { setClient } from "@/lib/oauth/set-client";
import { reapOAuth } from "@/lib/oauth/reap";
import { systemCtx } from "@/lib/testing/ctx";
import { closeRuntime } from "@/lib/validate/runtime";
import { askToken, authorizeUrl, CALLBACK, makeClient, pkce, type TokenAnswer } from "./testing/client";
import { makeCompany, type Company } from "./testing/company";
import { askValidate, makeConnection } from "./testing/connection";
import { Holder } from "./testing/holder";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
let its: Company;
let holder: Holder;
beforeAll(async () => {
  its = await makeCompany(reach);
  holder = await Holder.make();
});

const tokenProof = async (by: Holder, claims: object = {}) => ({
  dpop: await by.prove({ method: "POST", url: `${issuer()}/oauth/token` }, { ...claims }),
});

/** Tokens that are bound to the holder's key. */
async function bound(client?: { clientId: string }, by = holder, company = its) {
  const used = client ?? (await makeClient());
  const { verifier, challenge } = pkce();
  const asked = { resource: company.server.resource, scope: "tickets:read" };
  const uid = await company.browser.open(
    authorizeUrl(issuer(), { client_id: used.clientId, redirect_uri: CALLBACK, code_challenge: challenge, ...asked }),
  );
  const code = (await company.browser.allow(uid, ["tickets:read"])).searchParams.get("code") ?? "";
  const answer = await askToken(
    reach,
    {
      grant_type: "authorization_code",
      client_id: used.clientId,
      code,
      code_verifier: verifier,
      redirect_uri: CALLBACK,
    },
    await tokenProof(by),
  );
  return { client: used, answer, token: answer.body.access_token ?? "", refreshToken: answer.body.refresh_token ?? "" };
}

const call = (url = its.server.resource) => ({ method: "POST", url });
async function proven(token: string, claims: Record<string, unknown> = {}, by = holder) {
  const request = call();
  return { token, dpop: { proof: await by.prove({ ...request, token }, claims), ...request } };
}
const validate = (question: { token: string; [field: string]: unknown }) => askValidate(reach, its, question);

const batch = async (items: readonly object[]) => {
  const answer = await reach("/api/v1/validate/batch", {
    method: "POST",
    headers: { authorization: `Bearer ${its.key.secret}`, "content-type": "application/json" },
    body: JSON.stringify({ items }),
  });
  return (await answer.json()) as { results: { decision: string }[] };
};

/** What `act` comes to while another connection keeps everybody from a table. */
async function whileLocked<T>(table: string, act: () => Promise<T>): Promise<T> {
  const outsider = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await outsider.connect();
  try {
    await outsider.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return await act();
  } finally {
    await outsider.end();
  }
}

/** What is told, and the entry's reason and word on the proof. */
async function refused(question: { token: string; [field: string]: unknown }) {
  const { result, entries } = await observe(() => validate(question));
  const [entry] = entries as { reason: string; body: { details?: { dpop?: string } } }[];
  return [result?.active, result?.reason, entry?.reason, entry?.body.details?.dpop];
}

describe("a token that is bound to a key", () => {
  it("is told as such, and says so itself", async () => {
    const { answer, token } = await bound();
    expect(answer.body.token_type).toBe("DPoP");
    expect(decodeJwt(token).cnf).toEqual({ jkt: holder.thumbprint });
  });

  it("opens the server with a proof by its key, and the entry says that there was one", async () => {
    const { token } = await bound();
    const question = { ...(await proven(token)), tool: "list_tickets" };
    const { result, entries } = await observe(() => validate(question));
    expect(result).toMatchObject({ decision: "allow", reason: "ok", agent: { id: expect.any(String) as string } });
    expect(entries).toMatchObject([{ outcome: "allow", body: { details: { dpop: "verified" } } }]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(question.dpop.proof);
  });

  it("opens nothing without a proof", async () => {
    const { token } = await bound();
    expect(await refused({ token })).toEqual([false, "malformed", "malformed", undefined]);
  });

  it("opens nothing with a proof that came before, also by ten at once", async () => {
    const { token } = await bound();
    const question = await proven(token);
    const answers = await Promise.all(Array.from({ length: 10 }, () => validate(question)));
    expect(answers.filter(({ decision }) => decision === "allow")).toHaveLength(1);
    expect(await refused(question)).toEqual([false, "malformed", "malformed", "seen_before"]);
    expect(await validate(await proven(token))).toMatchObject({ decision: "allow" });
  });

  it("opens nothing with a proof that came to another authority before", async () => {
    const { token } = await bound();
    const question = await proven(token);
    expect(await validate(question)).toMatchObject({ decision: "allow" });
    await closeRuntime(); // what follows is a process that has seen nothing
    expect(await refused(question)).toEqual([false, "malformed", "malformed", "seen_before"]);
    expect(await validate(await proven(token))).toMatchObject({ decision: "allow" });
  });

  it("opens nothing while nobody can say whether a proof came before, nor does what came in one batch with it", async () => {
    const { token } = await bound();
    const [before, fresh, another] = [await proven(token), await proven(token), await proven(token)];
    expect(await validate(before)).toMatchObject({ decision: "allow" });
    await closeRuntime();
    const { token: other } = await bound(undefined, await Holder.make());
    const asked = () => [validate(before), validate(fresh), batch([{ token: other }, another])];
    const answers = await whileLocked("dpop_proof", () => Promise.all(asked()));
    for (const answer of answers) expect(answer).toMatchObject({ code: "unavailable" });
    expect(await refused(before)).toEqual([false, "malformed", "malformed", "seen_before"]);
    expect(await validate(await proven(token))).toMatchObject({ decision: "allow" });
  });

  it("opens nothing with a proof by another key, for another token, request or time, and the entry says why", async () => {
    const { token } = await bound();
    const { token: second } = await bound();
    const thief = await Holder.make();
    const kept = () => db().$queryRaw`SELECT count(*)::int AS count FROM dpop_proof`;
    const before = await kept();
    const late = Math.floor(Date.now() / 1000) - 120;
    for (const [question, why] of [
      [await proven(token, {}, thief), "wrong_key"],
      [{ ...(await proven(second)), token }, "wrong_token"],
      [await proven(token, { htu: "https://elsewhere.example/mcp" }), "wrong_url"],
      [await proven(token, { htm: "GET" }), "wrong_method"],
      [await proven(token, { iat: late }), "not_recent"],
      [{ token, dpop: { proof: "x", ...call() } }, "bad_proof"],
    ] as const)
      expect(await refused(question)).toEqual([false, "malformed", "malformed", why]);
    expect(await kept()).toEqual(before);
  });

  it("says no more to a server that it is not for", async () => {
    const { token } = await bound();
    const other = await makeCompany(reach);
    const answer = await askValidate(reach, other, await proven(token));
    expect(answer).toMatchObject({ active: false, reason: "unknown_token" });
    expect(answer).not.toHaveProperty("token");
  });

  it("is checked once for the calls of one batch that came with the same proof, and on its own for each other", async () => {
    const { token } = await bound();
    const [one, two] = [await proven(token), await proven(token)];
    const { results } = await batch([one, { ...one, tool: "list_tickets" }, { token }, two]);
    expect(results.map(({ decision }) => decision)).toEqual(["allow", "allow", "deny", "allow"]);
    expect(await refused(one)).toEqual([false, "malformed", "malformed", "seen_before"]);
  });

  it("has not used its proof where the decision could not be recorded", async () => {
    const { token } = await bound();
    const question = await proven(token);
    const ask = () =>
      answerValidate({
        headers: { authorization: `Bearer ${its.key.secret}`, "content-type": "application/json" },
        body: Buffer.from(JSON.stringify(question)),
        requestId: newId("request"),
        source: { ip: null, userAgent: null },
      });
    await db().$executeRaw`ALTER TABLE audit_head RENAME TO audit_head_away`;
    await expect(ask()).rejects.toMatchObject({ code: "unavailable" });
    await db().$executeRaw`ALTER TABLE audit_head_away RENAME TO audit_head`;
    expect(JSON.parse((await ask()).body)).toMatchObject({ decision: "allow" });
  });
});

describe("a token that is bound to no key", () => {
  it("opens nothing with a proof, which cannot be its own: neither of OAuth nor a static one", async () => {
    const { accessToken } = await makeConnection(issuer(), its);
    const fixed = await makeToken({ personId: its.person.id, roleId: its.role.id, serverIds: [its.server.id] });
    for (const token of [accessToken, fixed.secret]) {
      expect(await refused(await proven(token))).toEqual([false, "malformed", "malformed", "wrong_key"]);
      expect(await validate({ token })).toMatchObject({ decision: "allow" });
    }
  });

  it("makes a question malformed whose proof is none", async () => {
    for (const dpop of [
      {},
      { proof: "x" },
      { proof: "x", method: "POST", url: "javascript:1" },
      { proof: "x".repeat(9000), ...call() },
      "x",
    ])
      // prettier-ignore
      expect(await validate({ token: "x", dpop })).toMatchObject({ code: "invalid_request" });
  });
});

describe("a refresh token of a public client", () => {
  const refreshing = (client: { clientId: string }, refresh_token: string, headers: Record<string, string> = {}) =>
    askToken(reach, { grant_type: "refresh_token", client_id: client.clientId, refresh_token }, headers);
  const isBound = async ({ body }: TokenAnswer) =>
    (await validate(await proven(body.access_token ?? ""))).decision === "allow";

  it("is bound to the key too, and so is every one after it", async () => {
    const { client, refreshToken } = await bound();
    let current = refreshToken;
    for (const _turn of [1, 2, 3]) {
      for (const headers of [{}, await tokenProof(await Holder.make())])
        expect(await refreshing(client, current, headers)).toMatchObject({ status: 400, body: { error: "invalid_grant" } }); // prettier-ignore
      const next = await refreshing(client, current, await tokenProof(holder));
      expect(next).toMatchObject({ status: 200, body: { token_type: "DPoP" } });
      expect(await isBound(next)).toBe(true);
      current = next.body.refresh_token ?? "";
    }
  });

  it("is not exchanged for a proof that came before, or was made for another place", async () => {
    const { client, refreshToken } = await bound();
    const proof = await tokenProof(holder);
    const next = await refreshing(client, refreshToken, proof);
    expect(next.status).toBe(200);
    const elsewhere = { dpop: await holder.prove({ method: "POST", url: "https://elsewhere.example/oauth/token" }) };
    for (const headers of [proof, elsewhere])
      expect((await refreshing(client, next.body.refresh_token ?? "", headers)).status).toBe(400);
    expect((await refreshing(client, next.body.refresh_token ?? "", await tokenProof(holder))).status).toBe(200);
  });
});

describe("a proof at the token endpoint", () => {
  it("counts once for all authorities, also one that is dated ahead and comes again after all that is over was forgotten", async () => {
    const ahead = { iat: Math.floor(Date.now() / 1000) + 250 };
    const headers = { dpop: await holder.prove({ method: "POST", url: `${issuer()}/oauth/token` }, ahead) };
    const client = await makeClient({ kind: "machine", authMethod: "client_secret_post" });
    await db().agentRole.create({
      data: { agentId: client.agentId, roleId: its.role.id, assignedBy: "system:test" },
    });
    const ask = () =>
      askToken(
        reach,
        {
          grant_type: "client_credentials",
          client_id: client.clientId,
          client_secret: client.secret ?? "",
          resource: its.server.resource,
        },
        headers,
      );
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await reapOAuth(systemCtx({ nowSeconds: () => Date.now() / 1000 + 549 }), undefined);
    expect((await ask()).status).toBe(400);
  });
});

describe("a server, or a client, that wants bound tokens alone", () => {
  it("takes those no more that are bound to none, from the moment on that it wants it, cached or not", async () => {
    startCaching(process.env.DATABASE_URL ?? "");
    try {
      const strict = await makeCompany(reach);
      const { accessToken, refreshToken, client } = await makeConnection(issuer(), strict);
      const asked = () => askValidate(reach, strict, { token: accessToken });
      expect(await asked()).toMatchObject({ decision: "allow" });
      await updateServer(systemCtx(), { serverId: strict.server.id, requireDpop: true });
      expect(await asked()).toMatchObject({ active: false, decision: "deny", reason: "malformed" });
      const form = { grant_type: "refresh_token", client_id: client.clientId, refresh_token: refreshToken };
      expect((await askToken(reach, form)).status).toBe(400);
      await updateServer(systemCtx(), { serverId: strict.server.id, requireDpop: false });
      await expect.poll(asked).toMatchObject({ decision: "allow" });
    } finally {
      await stopCaching();
    }
  });

  it("has the unbound tokens refused that a client got before it wanted that, cached or not", async () => {
    startCaching(process.env.DATABASE_URL ?? "");
    try {
      const { accessToken, client } = await makeConnection(issuer(), its);
      const asked = () => validate({ token: accessToken });
      expect(await asked()).toMatchObject({ decision: "allow" });
      const redirectUris = [CALLBACK];
      const as = { agentId: client.agentId, authMethod: "none" as const, redirectUris };
      await setClient(systemCtx(), { ...as, requireDpop: true });
      expect(await asked()).toMatchObject({ active: false, decision: "deny", reason: "malformed" });
      await setClient(systemCtx(), { ...as, requireDpop: false });
      await expect.poll(asked).toMatchObject({ decision: "allow" });
    } finally {
      await stopCaching();
    }
  });

  it("gets none without a proof", async () => {
    const strict = await makeCompany(reach);
    await db().mcpServer.update({ where: { id: strict.server.id }, data: { requireDpop: true } });
    await expect(makeConnection(issuer(), strict)).rejects.toThrow(/DPoP/);
    const { answer } = await bound(undefined, holder, strict);
    expect(answer.body.token_type).toBe("DPoP");
    const client = await makeClient();
    await db().oauthClient.update({ where: { agentId: client.agentId }, data: { requireDpop: true } });
    await expect(makeConnection(issuer(), its, client)).rejects.toThrow(/invalid_grant/);
  });
});
