import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson } from "@/lib/testing/make";
import { updatePolicy } from "@/lib/policy/update";
import { setOneClientSchema } from "./client-schema";
import { findClient, issueSecret, revokeSecret, setClient } from "./set-client";

useTestDatabase();

const KEYS = { keys: [{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] };
const makeOne = async (kind: "interactive" | "machine" = "machine") =>
  (await makeAgent((await makePerson()).id, { kind })).id;
const set = (agentId: string, input: object) => setClient(systemCtx(), setOneClientSchema.parse({ agentId, ...input }));

describe("setClient", () => {
  it("makes an agent a client under its own id, and says what changed each time that something did", async () => {
    const agentId = await makeOne("interactive");
    const input = { authMethod: "none", redirectUris: ["https://app.example.com/cb"] };
    const first = await observe(() => set(agentId, input));
    expect(first.result).toMatchObject({ clientId: agentId, applicationType: "web", ...input });
    expect(first.entries).toMatchObject([{ action: "client.update", outcome: "success", targetId: agentId }]);
    expect((await observe(() => set(agentId, input))).entries).toEqual([]);
    const local = await set(agentId, { ...input, redirectUris: ["http://127.0.0.1/cb"] });
    expect(local.applicationType).toBe("native");
  });

  it("forgets the keys in place when they stand at an address, and both when it proves itself otherwise", async () => {
    const agentId = await makeOne();
    const jwksUri = "https://agent.example.com/jwks.json";
    await set(agentId, { authMethod: "private_key_jwt", jwks: KEYS });
    expect(await set(agentId, { authMethod: "private_key_jwt", jwksUri })).toMatchObject({ jwks: null, jwksUri });
    expect(await set(agentId, { authMethod: "client_secret_basic" })).toMatchObject({ jwks: null, jwksUri: null });
    expect(await findClient(systemCtx(), { agentId })).toMatchObject({ jwks: null, jwksUri: null });
  });

  it.each([
    ["machine", { authMethod: "none" }, "authMethod"],
    ["machine", { authMethod: "client_secret_basic", redirectUris: ["https://a.example/cb"] }, "redirectUris"],
    ["machine", { authMethod: "private_key_jwt" }, "jwks"],
    ["machine", { authMethod: "client_secret_basic", jwks: KEYS }, "jwks"],
    ["interactive", { authMethod: "none" }, "redirectUris"],
    ["interactive", { authMethod: "none", redirectUris: ["http://a.example/cb"] }, "redirectUris"],
    ["interactive", { authMethod: "none", redirectUris: ["javascript:alert(1)"] }, "redirectUris"],
  ] as const)("refuses of a %s agent what cannot work or be safe: %j", async (kind, input, path) => {
    const agentId = await makeOne(kind);
    const { error, entries } = await observe(() => set(agentId, input));
    expect(error).toMatchObject({ code: "validation_failed", fields: [{ path }] });
    expect(entries).toEqual([]);
    expect(await findClient(systemCtx(), { agentId })).toBeNull();
  });

  it("lets an agent exchange tokens only where an admin says so, keeps that where nothing is said, and takes it again", async () => {
    const agentId = await makeOne();
    const exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    const auth = { authMethod: "client_secret_basic" };
    expect((await set(agentId, auth)).grantTypes).toEqual(["client_credentials"]);
    const on = await observe(() => set(agentId, { ...auth, extraGrants: ["token_exchange"] }));
    expect(on.result?.grantTypes).toEqual(["client_credentials", exchange]);
    expect(on.entries).toMatchObject([{ action: "client.update", body: { changes: [{ field: "grantTypes" }] } }]);
    expect((await set(agentId, auth)).grantTypes).toContain(exchange);
    expect((await set(agentId, { ...auth, extraGrants: [] })).grantTypes).toEqual(["client_credentials"]);
  });

  it("lets an agent without redirects ask by device codes where an admin says so, and no machine, which asks nobody", async () => {
    const agentId = await makeOne("interactive");
    const extraGrants = ["device_code"];
    const { grantTypes } = await set(agentId, { authMethod: "none", extraGrants });
    expect(grantTypes).toEqual(["refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]);
    const machine = set(await makeOne(), { authMethod: "client_secret_basic", extraGrants });
    await expect(machine).rejects.toMatchObject({ code: "validation_failed", fields: [{ path: "extraGrants" }] });
  });

  it("lets no agent exchange tokens that does not prove who it is, neither at once nor later", async () => {
    const agentId = await makeOne("interactive");
    const open = { authMethod: "none", redirectUris: ["https://app.example.com/cb"] };
    const error = { code: "validation_failed", fields: [{ path: "extraGrants" }] };
    await expect(set(agentId, { ...open, extraGrants: ["token_exchange"] })).rejects.toMatchObject(error);
    await set(agentId, { ...open, authMethod: "client_secret_basic", extraGrants: ["token_exchange"] });
    await expect(set(agentId, open)).rejects.toMatchObject(error);
  });

  it("leaves a client that introduced itself as it says", async () => {
    const agentId = await makeOne("interactive");
    await db().agent.update({ where: { id: agentId }, data: { origin: "dynamic", ownerId: null } });
    await expect(set(agentId, { authMethod: "none", redirectUris: ["https://evil.example/cb"] })).rejects.toMatchObject(
      {
        code: "forbidden",
      },
    );
  });

  it("refuses an auditor on the record", async () => {
    const agentId = await makeOne();
    const auditor = personCtx({ ...(await makePerson({ consoleRole: "auditor" })), consoleRole: "auditor" });
    const { error, entries } = await observe(() =>
      setClient(auditor, setOneClientSchema.parse({ agentId, authMethod: "client_secret_basic" })),
    );
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "client.update", outcome: "denied", targetId: agentId }]);
    expect(await findClient(auditor, { agentId })).toBeNull();
  });
});

describe("client secrets", () => {
  it("are issued beside each other, five at most, and only to who proves itself by one", async () => {
    const agentId = await makeOne();
    await expect(issueSecret(systemCtx(), { agentId })).rejects.toMatchObject({ code: "validation_failed" });
    await set(agentId, { authMethod: "client_secret_basic" });
    const { result, entries } = await observe(() => issueSecret(systemCtx(), { agentId }));
    expect(entries).toMatchObject([{ action: "client.secret_issue", outcome: "success", targetId: result?.id }]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(result?.secret);
    for (const _nth of [2, 3, 4, 5]) await issueSecret(systemCtx(), { agentId });
    await expect(issueSecret(systemCtx(), { agentId })).rejects.toMatchObject({ code: "validation_failed" });
    await revokeSecret(systemCtx(), { agentId, secretId: result?.id ?? "" });
    await expect(issueSecret(systemCtx(), { agentId })).resolves.toMatchObject({ status: "active" });
  });

  it("tell when the policy wants them replaced, and are overdue from that moment on while they live", async () => {
    const agentId = await makeOne();
    await set(agentId, { authMethod: "client_secret_basic" });
    const issuedAt = 1_800_000_000;
    const at = (seconds: number) => systemCtx({ nowSeconds: () => seconds });
    const { id: secretId, dueAt, overdue } = await issueSecret(at(issuedAt), { agentId });
    const due = issuedAt + 90 * 86_400;
    expect([dueAt, overdue]).toEqual([new Date(due * 1000).toISOString(), false]);
    const read = async (seconds: number) => (await findClient(at(seconds), { agentId }))?.secrets[0];
    const day = 86_400;
    const left = async (seconds: number) => (await read(seconds))?.dueInDays;
    expect(await left(due - 14 * day - 1)).toBeNull();
    expect([await left(due - 14 * day), await left(due - 2 * day + 1), await left(due - day)]).toEqual([14, 2, 1]);
    expect(await read(due - 1)).toMatchObject({ overdue: false, dueInDays: 1 });
    expect(await read(due)).toMatchObject({ overdue: true, dueInDays: null, status: "active" });
    await updatePolicy(systemCtx(), { secretRotationDays: 7 });
    expect([await left(issuedAt + 3 * day), await left(issuedAt + 3.5 * day)]).toEqual([null, 4]);
    await updatePolicy(systemCtx(), { secretRotationDays: 0 });
    expect(await read(due)).toMatchObject({ overdue: false, dueAt: null });
    await updatePolicy(systemCtx(), { secretRotationDays: 90 });
    await revokeSecret(at(due), { agentId, secretId });
    expect(await read(due)).toMatchObject({ overdue: false, status: "revoked" });
    expect(await read(due - day)).toMatchObject({ dueInDays: null });
  });

  it("are issued only to who has lately proved who they are, and revoked without that", async () => {
    const agentId = await makeOne();
    await set(agentId, { authMethod: "client_secret_basic" });
    const admin = await makePerson({ consoleRole: "admin" });
    const stale = personCtx({ ...admin, consoleRole: "admin" }, { reauthenticatedAtSeconds: 0 });
    await expect(issueSecret(stale, { agentId })).rejects.toMatchObject({ code: "reauthentication_required" });
    const { id: secretId } = await issueSecret(systemCtx(), { agentId });
    const revoke = () => observe(() => revokeSecret(stale, { agentId, secretId, reason: "leaked" }));
    expect(await revoke()).toMatchObject({
      result: { status: "revoked" },
      entries: [{ action: "client.secret_revoke", reason: "leaked", targetId: secretId }],
    });
    expect((await revoke()).entries).toEqual([]);
  });
});
