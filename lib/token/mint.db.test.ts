import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makeHolder, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeTokenParties } from "@/lib/testing/make-token";
import { credentialKind } from "./format";
import { hashCredential } from "./hash";
import { mintToken } from "./mint";
import { mintTokenSchema, mintedTokenSchema } from "./schema";

useTestDatabase();

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

describe("mintToken", () => {
  it("answers the secret once, stores only its keyed hash, and records every term but never the secret", async () => {
    const { input, person, role, server } = await makeTokenParties();
    const { result, entries } = await observe(() =>
      mintToken(
        systemCtx(),
        input({
          expiresAt: inDays(3),
          allowedCidrs: ["203.0.113.9/24", "::1"],
          rateLimit: { limit: 5, windowSeconds: 60 },
          note: "for Ann",
        }),
      ),
    );
    expect(mintedTokenSchema.parse(result)).toMatchObject({
      kind: "rw",
      status: "expiring",
      person: { id: person.id },
      role: { id: role.id },
      servers: [{ id: server.id }],
      scopes: null,
      allowedCidrs: ["203.0.113.0/24", "::1/128"],
      generation: 1,
      familyId: result?.id,
    });
    const secret = result?.token ?? "";
    expect(credentialKind(secret)).toBe("rw");
    expect(result?.masked).toBe(`gth_rw_…${secret.slice(-4)}`);
    const row = await db().token.findUniqueOrThrow({ where: { id: result?.id } });
    expect(Buffer.from(row.hash)).toEqual(Buffer.from(hashCredential(secret).hash));
    expect(entries).toMatchObject([
      {
        action: "token.mint",
        outcome: "success",
        targetId: result?.id,
        body: { credential: { id: result?.id, kind: "rw" } },
      },
    ]);
    const body = JSON.stringify(entries[0]?.body);
    for (const term of ["203.0.113.0/24", "for Ann", server.id, role.id, person.id, result?.expiresAt])
      expect(body).toContain(term);
    expect(body).not.toContain(secret.slice(8, 40));
  });

  it("decides the kind by what the token may use: ro for read alone, whether by narrowing or by role", async () => {
    const wide = await makeTokenParties();
    const narrowed = await wide.mint({ scopes: ["tickets:read"] });
    expect(narrowed).toMatchObject({ kind: "ro", scopes: ["tickets:read"], status: "active" });
    expect((await (await makeTokenParties(["tickets:read"])).mint()).kind).toBe("ro");
    expect((await wide.mint()).kind).toBe("rw");
  });

  it("mints the command line's admin token", async () => {
    const token = await mintToken(
      systemCtx(),
      mintTokenSchema.parse({
        name: "Bootstrap",
        agentId: "agt_command_line",
        roleId: "rol_gatehouse_admin",
        serverIds: ["srv_gatehouse"],
        expiresInSeconds: 3600,
      }),
    );
    expect(token).toMatchObject({ kind: "adm", agent: { id: "agt_command_line" }, person: null });
    expect(token.token).toMatch(/^gth_adm_/);
  });

  it("gives the default life of the policy where none is asked, never more than a named server allows", async () => {
    const { mint, server } = await makeTokenParties();
    const life = async () => Math.round((Date.parse((await mint()).expiresAt) - Date.now()) / 1000);
    expect(Math.abs((await life()) - 2_592_000)).toBeLessThan(5);
    await db().mcpServer.update({ where: { id: server.id }, data: { maxTokenLifetimeSeconds: 3600 } });
    expect(Math.abs((await life()) - 3600)).toBeLessThan(5);
  });

  it("lets somebody invited hold a token: only suspension ends it", async () => {
    const { mint, role } = await makeTokenParties();
    const invited = await makeHolder(role.id, { status: "invited" });
    expect((await mint({ personId: invited.id })).status).toBe("active");
  });
});

describe("mintToken refuses, with the field, and leaves nothing", () => {
  const refused = async (more: object, parties?: Awaited<ReturnType<typeof makeTokenParties>>) => {
    const { input } = parties ?? (await makeTokenParties());
    const before = await db().token.count();
    const { error, entries } = await observe(() => mintToken(systemCtx(), input(more)));
    expect(await db().token.count()).toBe(before);
    return { error, entries };
  };

  it.each<[object, string, string]>([
    [{ personId: "per_none" }, "person_not_found", "personId"],
    [{ agentId: "agt_none" }, "agent_not_found", "agentId"],
    [{ roleId: "rol_none" }, "role_not_found", "roleId"],
    [{ serverIds: ["srv_none"] }, "server_not_found", "serverIds.0"],
    [{ scopes: ["tickets:read", "wiki:read"] }, "scope_not_in_role", "scopes.1"],
    [{ scopes: [] }, "validation_failed", "scopes"],
    [{ expiresAt: inDays(-1) }, "validation_failed", "expiresAt"],
    [{ expiresAt: inDays(400) }, "expiry_beyond_policy", "expiresAt"],
    [{ expiresInSeconds: 31_622_401 }, "expiry_beyond_policy", "expiresInSeconds"],
    [{ expiresInSeconds: 60, notBefore: inDays(1) }, "validation_failed", "notBefore"],
    [{ allowedCidrs: ["::1", "10.0.0.0/40"] }, "validation_failed", "allowedCidrs.1"],
  ])("%j: %s for %s", async (more, code, path) => {
    const { error, entries } = await refused(more);
    expect(error).toMatchObject({ code, fields: [{ path, code }] });
    expect(entries).toEqual([]);
  });

  it("servers named twice, disabled, mixed with the built-in one, or on which the role gives nothing", async () => {
    const parties = await makeTokenParties();
    const id = parties.server.id;
    const other = await makeServer();
    const cases: [string[], string, string][] = [
      [[id, id], "validation_failed", "serverIds.1"],
      [[id, "srv_gatehouse"], "builtin_server_alone", "serverIds.1"],
      [[id, other.id], "role_without_scope_on_server", "serverIds.1"],
    ];
    for (const [serverIds, code, path] of cases)
      expect((await refused({ serverIds }, parties)).error).toMatchObject({ code, fields: [{ path }] });
    await db().mcpServer.update({ where: { id }, data: { status: "disabled", disabledAt: new Date() } });
    expect((await refused({}, parties)).error).toMatchObject({
      code: "validation_failed",
      fields: [{ path: "serverIds.0" }],
    });
  });

  it("a narrowing that leaves a named server with nothing", async () => {
    const parties = await makeTokenParties();
    const other = await makeServer();
    await db().roleScope.create({ data: { roleId: parties.role.id, serverId: other.id, pattern: "tickets:read" } });
    const { error } = await refused({ serverIds: [parties.server.id, other.id], scopes: ["tickets:write"] }, parties);
    expect(error).toMatchObject({ code: "role_without_scope_on_server", fields: [{ path: "serverIds.1" }] });
  });

  it("suspended holders, archived roles, and a role that the holder lacks (recorded)", async () => {
    const parties = await makeTokenParties();
    const gone = await makeHolder(parties.role.id, { status: "suspended" });
    expect((await refused({ personId: gone.id }, parties)).error).toMatchObject({
      code: "holder_inactive",
      fields: [{ path: "personId" }],
    });
    const stranger = await makePerson();
    const { error, entries } = await refused({ personId: stranger.id }, parties);
    expect(error).toMatchObject({ code: "role_not_held", fields: [{ path: "roleId" }] });
    expect(entries).toMatchObject([{ action: "token.mint", outcome: "denied", reason: "role_not_held" }]);
    const agent = await makeAgent(parties.person.id);
    await db().agent.update({ where: { id: agent.id }, data: { status: "suspended", suspendedAt: new Date() } });
    expect((await refused({ agentId: agent.id }, parties)).error).toMatchObject({
      code: "holder_inactive",
      fields: [{ path: "agentId" }],
    });
    await db().role.update({ where: { id: parties.role.id }, data: { archivedAt: new Date() } });
    expect((await refused({}, parties)).error).toMatchObject({ code: "role_not_found", fields: [{ path: "roleId" }] });
  });
});

describe("who may mint", () => {
  it("lets a member mint for themself, also through their own agent, without confirming who they are", async () => {
    const { input, person } = await makeTokenParties();
    const ctx = personCtx({ ...person, consoleRole: "member" }, { reauthenticatedAtSeconds: 0 });
    const agent = await makeAgent(person.id);
    expect((await mintToken(ctx, input({ agentId: agent.id }))).agent?.id).toBe(agent.id);
    expect((await mintToken(ctx, input())).createdBy).toBe(person.id);
  });

  it("refuses a member for anybody else, and for an agent of somebody else", async () => {
    const { input, person } = await makeTokenParties();
    const other = await makePerson();
    const agent = await makeAgent(other.id);
    const asOther = personCtx({ ...other, consoleRole: "member" });
    const forOther = await observe(() => mintToken(asOther, input()));
    expect(forOther.error).toMatchObject({ code: "forbidden" });
    expect(forOther.entries).toMatchObject([{ action: "token.mint", outcome: "denied", targetId: person.id }]);
    const throughOther = await observe(() =>
      mintToken(personCtx({ ...person, consoleRole: "member" }), input({ agentId: agent.id })),
    );
    expect(throughOther.error).toMatchObject({ code: "agent_not_found", fields: [{ path: "agentId" }] });
    expect(throughOther.entries).toMatchObject([{ outcome: "denied" }]);
  });

  it("refuses an auditor and nobody in particular", async () => {
    const { input, person } = await makeTokenParties();
    const auditor = personCtx({ ...person, consoleRole: "auditor" });
    await expect(mintToken(auditor, input())).rejects.toMatchObject({ code: "forbidden" });
    await expect(mintToken(anonymousCtx(), input())).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("asks an admin who mints for others to confirm who they are", async () => {
    const { input } = await makeTokenParties();
    const admin = await makePerson({ consoleRole: "admin" });
    const stale = personCtx({ ...admin, consoleRole: "admin" }, { reauthenticatedAtSeconds: 0 });
    const { error, entries } = await observe(() => mintToken(stale, input()));
    expect(error).toMatchObject({ code: "reauthentication_required" });
    expect(entries).toMatchObject([{ action: "token.mint", outcome: "denied" }]);
    expect((await mintToken(personCtx({ ...admin, consoleRole: "admin" }), input())).createdBy).toBe(admin.id);
  });

  it("never lets anybody mint an admin token that may do more than they may", async () => {
    const admin = await makePerson({ consoleRole: "admin" });
    const ctx = personCtx({ ...admin, consoleRole: "admin" });
    const owner = await makeHolder("rol_gatehouse_admin", { consoleRole: "owner" });
    const member = await makeHolder("rol_gatehouse_admin");
    const base = { name: "Escalation", roleId: "rol_gatehouse_admin", serverIds: ["srv_gatehouse"] };
    const mint = (more: object) => mintToken(ctx, mintTokenSchema.parse({ ...base, ...more }));
    await expect(mint({ agentId: "agt_command_line" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(mint({ personId: owner.id })).rejects.toMatchObject({ code: "forbidden" });
    await expect(mint({ personId: member.id })).rejects.toMatchObject({ code: "forbidden" });
    expect((await mint({ personId: member.id, scopes: ["tokens:write"] })).kind).toBe("adm");
    expect((await mint({ agentId: "agt_command_line", scopes: ["tokens:read"] })).scopes).toEqual(["tokens:read"]);
    const tokenActor = ctxOf({
      kind: "token",
      tokenId: "tok_test",
      name: "Test",
      personId: owner.id,
      agentId: null,
      scopes: ["tokens:write"],
      permissions: new Set(["token.mint", "token.read"]),
    });
    await expect(mintToken(tokenActor, mintTokenSchema.parse({ ...base, personId: owner.id }))).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("mintToken in the same moment as", () => {
  it("a suspension waits for it, and is refused after it", async () => {
    const { input, person } = await makeTokenParties();
    let minting: ReturnType<typeof observe> | undefined;
    await db().$transaction(async (tx) => {
      await tx.person.update({ where: { id: person.id }, data: { status: "suspended", suspendedAt: new Date() } });
      minting = observe(() => mintToken(systemCtx(), input()));
      expect(await Promise.race([minting, sleep(150, "waiting")])).toBe("waiting");
    });
    expect((await minting)?.error).toMatchObject({ code: "holder_inactive" });
    expect(await db().token.count({ where: { personId: person.id } })).toBe(0);
  });

  it("a role edit sees the role as it is after that", async () => {
    const { input, role, server } = await makeTokenParties(["tickets:read"]);
    await makeRole([server.id], ["*"]);
    let minting: ReturnType<typeof observe> | undefined;
    await db().$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM role WHERE id = ${role.id} FOR UPDATE`;
      await tx.roleScope.deleteMany({ where: { roleId: role.id } });
      minting = observe(() => mintToken(systemCtx(), input()));
      expect(await Promise.race([minting, sleep(150, "waiting")])).toBe("waiting");
    });
    expect((await minting)?.error).toMatchObject({ code: "role_without_scope_on_server" });
  });
});
