import { describe, expect, it } from "vitest";
import { updateAgent } from "@/lib/agent/update";
import { db } from "@/lib/db";
import { archiveRole } from "@/lib/role/archive";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makeHolder, makePerson } from "@/lib/testing/make";
import { makeTokenParties } from "@/lib/testing/make-token";
import { getToken } from "./get";
import { mintToken } from "./mint";
import { revokeTokens } from "./revoke";
import { rotateToken } from "./rotate";
import { mintTokenSchema, rotatedTokenSchema } from "./schema";

useTestDatabase();

const HOUR = 3600;
const rotate = (tokenId: string, overlapSeconds = 24 * HOUR, ctx = systemCtx()) =>
  rotateToken(ctx, { tokenId, overlapSeconds });
const revoke = (id: string, ctx = systemCtx()) => revokeTokens(ctx, { by: "tokens", id, urgent: false });

describe("rotateToken", () => {
  it("issues a successor with the same terms, keeps the predecessor for the overlap, and records both", async () => {
    const { mint } = await makeTokenParties();
    const terms = {
      scopes: ["tickets:read"],
      allowedCidrs: ["10.0.0.0/8"],
      rateLimit: { limit: 9, windowSeconds: 60 },
      note: "kept",
      expiresInSeconds: 40 * 24 * HOUR,
    };
    const first = await mint(terms);
    const { result, entries } = await observe(() => rotate(first.id));
    const successor = rotatedTokenSchema.parse(result);
    for (const field of [
      "name",
      "note",
      "kind",
      "person",
      "role",
      "servers",
      "scopes",
      "allowedCidrs",
      "rateLimit",
    ] as const)
      expect(successor[field], field).toEqual(first[field]);
    expect(successor).toMatchObject({ generation: 2, familyId: first.id, predecessorId: first.id, status: "active" });
    expect(successor.token).not.toBe(first.token);
    expect(Math.abs(Date.parse(successor.expiresAt) - Date.parse(first.expiresAt))).toBeLessThan(10_000);
    expect(successor.predecessor).toMatchObject({ id: first.id, status: "retiring", successorId: successor.id });
    const overlap = Date.parse(successor.predecessor.retiresAt ?? "") - Date.now();
    expect(Math.abs(overlap - 24 * HOUR * 1000)).toBeLessThan(10_000);
    expect(entries.map(({ action, targetId }) => [action, targetId])).toEqual([
      ["token.rotate", first.id],
      ["token.rotate", successor.id],
    ]);
    for (const { body } of entries) expect(body).toMatchObject({ server: { id: first.servers[0]?.id } });
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(successor.token.slice(8, 40));
    expect(await db().change.count({ where: { subjectId: first.id, narrows: true } })).toBe(1);
  });

  it("ends the predecessor at once without overlap, and never later than its own expiry", async () => {
    const { mint } = await makeTokenParties();
    const now = await rotate((await mint()).id, 0);
    expect(now.predecessor.status).toBe("revoked");
    expect(now.status).toBe("active");
    const short = await mint({ expiresInSeconds: HOUR });
    expect((await rotate(short.id, 30 * 24 * HOUR)).predecessor.retiresAt).toBe(short.expiresAt);
  });

  it("caps the successor's life by today's policy, and never widens its kind", async () => {
    const { mint, server, role } = await makeTokenParties(["tickets:read"]);
    const { id } = await mint();
    await db().mcpServer.update({ where: { id: server.id }, data: { maxTokenLifetimeSeconds: HOUR } });
    await db().roleScope.updateMany({ where: { roleId: role.id }, data: { pattern: "tickets:*" } });
    const successor = await rotate(id);
    expect(successor.kind).toBe("ro");
    expect(Math.abs(Date.parse(successor.expiresAt) - Date.now() - HOUR * 1000)).toBeLessThan(10_000);
    const { effective } = await getToken(systemCtx(), { tokenId: successor.id });
    expect(effective[0]?.scopes.map(({ name }) => name)).toEqual(["tickets:read"]);
  });

  it("keeps a narrowing whose scopes are all gone as narrow as it was", async () => {
    const { mint, server } = await makeTokenParties();
    const { id } = await mint({ scopes: ["tickets:read"] });
    await db().tool.deleteMany({ where: { serverId: server.id } });
    await db().scope.delete({ where: { id: server.scopes.read.id } });
    expect(await rotate(id)).toMatchObject({ scopes: [], status: "blocked" });
  });

  it("refuses what is not live, what has a successor, and holders out of use", async () => {
    const { mint, role, person } = await makeTokenParties();
    const rotated = await mint();
    await rotate(rotated.id);
    await expect(rotate(rotated.id)).rejects.toMatchObject({ code: "already_rotated" });
    const revoked = await mint();
    await revoke(revoked.id);
    await expect(rotate(revoked.id)).rejects.toMatchObject({ code: "not_live" });
    const expired = await mint({ expiresInSeconds: 1 });
    const later = systemCtx({ nowSeconds: () => Date.now() / 1000 + 2 });
    await expect(rotate(expired.id, 0, later)).rejects.toMatchObject({ code: "not_live" });
    const agent = await makeAgent(person.id);
    const through = await mint({ agentId: agent.id });
    await updateAgent(systemCtx(), { agentId: agent.id, status: "suspended" });
    await expect(rotate(through.id)).rejects.toMatchObject({ code: "holder_inactive" });
    const orphan = await mint();
    await archiveRole(systemCtx(), { roleId: role.id });
    await expect(rotate(orphan.id)).rejects.toMatchObject({ code: "role_not_held" });
    await expect(rotate("tok_none")).rejects.toMatchObject({ code: "token_not_found" });
  });

  it("lets a member rotate their own, nobody else's; an auditor none; an admin only after confirming who they are", async () => {
    const { mint, person } = await makeTokenParties();
    const { id } = await mint();
    const stranger = personCtx({ ...(await makePerson()), consoleRole: "member" });
    const { error, entries } = await observe(() => rotate(id, 0, stranger));
    expect(error).toMatchObject({ code: "token_not_found" });
    expect(entries).toMatchObject([{ action: "token.rotate", outcome: "denied", targetId: id }]);
    await expect(rotate(id, 0, personCtx({ ...person, consoleRole: "auditor" }))).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(rotate(id, 0, anonymousCtx())).rejects.toMatchObject({ code: "unauthenticated" });
    const admin = { ...(await makePerson({ consoleRole: "admin" })), consoleRole: "admin" as const };
    await expect(rotate(id, 0, personCtx(admin, { reauthenticatedAtSeconds: 0 }))).rejects.toMatchObject({
      code: "reauthentication_required",
    });
    const mine = personCtx({ ...person, consoleRole: "member" }, { reauthenticatedAtSeconds: 0 });
    expect((await rotate(id, 0, mine)).createdBy).toBe(person.id);
  });

  it("shows no admin the secret of an admin token that may do more than they may", async () => {
    const owner = await makeHolder("rol_gatehouse_admin", { consoleRole: "owner" });
    const token = await mintToken(
      systemCtx(),
      mintTokenSchema.parse({
        name: "Owner's",
        personId: owner.id,
        roleId: "rol_gatehouse_admin",
        serverIds: ["srv_gatehouse"],
      }),
    );
    const admin = personCtx({ ...(await makePerson({ consoleRole: "admin" })), consoleRole: "admin" });
    await expect(rotate(token.id, 0, admin)).rejects.toMatchObject({ code: "forbidden" });
    expect((await rotate(token.id, 0, personCtx({ ...owner, consoleRole: "owner" }))).kind).toBe("adm");
  });
});

describe("in the same moment", () => {
  it("exactly one of two rotations wins, the other is already_rotated", async () => {
    const { mint } = await makeTokenParties();
    for (let round = 0; round < 5; round++) {
      const { id } = await mint();
      const settled = await Promise.allSettled([rotate(id), rotate(id)]);
      expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(settled.find(({ status }) => status === "rejected")).toMatchObject({
        reason: { code: "already_rotated" },
      });
      expect(await db().token.count({ where: { familyId: id } })).toBe(2);
    }
  });

  it("a rotation and a revocation come one after the other: the token ends, and has a successor or has none", async () => {
    const { mint } = await makeTokenParties();
    for (let round = 0; round < 5; round++) {
      const { id } = await mint();
      const [rotation, revocation] = await Promise.allSettled([rotate(id), revoke(id)]);
      expect(revocation).toMatchObject({ status: "fulfilled", value: { revoked: 1 } });
      const family = await db().token.findMany({ where: { familyId: id }, orderBy: { generation: "asc" } });
      expect(family[0]?.revokedAt).not.toBeNull();
      if (rotation.status === "fulfilled") expect(family[1]).toMatchObject({ revokedAt: null });
      else {
        expect(rotation.reason).toMatchObject({ code: "not_live" });
        expect(family).toHaveLength(1);
      }
    }
  });

  it("no successor slips past a revocation of its person", async () => {
    const { mint, person } = await makeTokenParties();
    for (let round = 0; round < 5; round++) {
      const { id } = await mint();
      const byPerson = revokeTokens(systemCtx(), { by: "people", id: person.id, urgent: false });
      const [rotation] = await Promise.allSettled([rotate(id), byPerson]);
      const live = await db().token.count({ where: { personId: person.id, revokedAt: null } });
      expect(live, rotation.status).toBe(0);
    }
  });
});
