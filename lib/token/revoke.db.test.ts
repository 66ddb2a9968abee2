import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import type { ConsoleRole } from "@/lib/person/console-role";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson } from "@/lib/testing/make";
import { makeTokenParties } from "@/lib/testing/make-token";
import { countQueries } from "@/lib/testing/queries";
import { revokeTokens } from "./revoke";
import { revokeAllTokens } from "./revoke-all";
import { revocationSchema, type RevokeBy } from "./schema";

useTestDatabase();

const revoke = (by: RevokeBy, id: string, ctx = systemCtx(), reason?: string) =>
  revokeTokens(ctx, { by, id, urgent: false, reason });
const ctxAs = async (consoleRole: ConsoleRole, more: object = {}) =>
  personCtx({ ...(await makePerson({ consoleRole })), consoleRole }, more);
const live = (ids: string[]) => db().token.count({ where: { id: { in: ids }, revokedAt: null } });

describe("revokeTokens", () => {
  it("ends one token with its reason, an entry and a number; doing it again does nothing", async () => {
    const { mint, person } = await makeTokenParties();
    const { id, token } = await mint();
    const first = await observe(() => revoke("tokens", id, systemCtx(), "leaked in a chat"));
    expect(revocationSchema.parse(first.result)).toMatchObject({
      revoked: 1,
      confirmedBy: 0,
      processes: 0,
      complete: true,
    });
    expect(first.entries).toMatchObject([
      {
        action: "token.revoke",
        outcome: "success",
        reason: "leaked in a chat",
        targetId: id,
        body: {
          person: { id: person.id },
          changes: [{ field: "revokedAt", before: null }],
          details: { seq: first.result?.seq, confirmedBy: 0, processes: 0 },
        },
      },
    ]);
    expect(JSON.stringify(first.entries[0]?.body)).not.toContain(token.slice(8, 40));
    const row = await db().token.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ revokedReason: "leaked in a chat", revokedBy: "system:test" });
    const change = await db().change.findUniqueOrThrow({ where: { seq: BigInt(first.result?.seq ?? -1) } });
    expect(change).toMatchObject({ subjectKind: "token", subjectId: id });
    const second = await observe(() => revoke("tokens", id, systemCtx(), "again"));
    expect(second.result).toMatchObject({ revoked: 0, seq: first.result?.seq, complete: true });
    expect(second.entries).toEqual([]);
    expect((await db().token.findUniqueOrThrow({ where: { id } })).revokedReason).toBe("leaked in a chat");
  });

  it("ends a token once when two do it at the same moment", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    const { result, entries } = await observe(() => Promise.all([revoke("tokens", id), revoke("tokens", id)]));
    expect(result?.map(({ revoked }) => revoked).sort()).toEqual([0, 1]);
    expect(entries).toHaveLength(1);
  });

  it.each<RevokeBy>(["agents", "people", "servers", "roles"])(
    "ends every token by %s, and no other, with an entry for each and one for all",
    async (by) => {
      const parties = await makeTokenParties();
      const agent = await makeAgent(parties.person.id);
      const mine = [await parties.mint({ agentId: agent.id }), await parties.mint({ agentId: agent.id })];
      const other = await (await makeTokenParties()).mint();
      const id = { agents: agent, people: parties.person, servers: parties.server, roles: parties.role, tokens: agent }[
        by
      ].id;
      const ids = mine.map((token) => token.id);
      const { result, entries } = await observe(() => revoke(by, id, systemCtx(), "left"));
      expect(result).toMatchObject({ revoked: 2, complete: true });
      expect(entries.map(({ action }) => action)).toEqual(["token.revoke", "token.revoke", "token.revoke_many"]);
      expect(entries.at(-1)).toMatchObject({ targetId: id, reason: "left", body: { details: { revoked: 2 } } });
      expect(await live(ids)).toBe(0);
      expect(await live([other.id])).toBe(1);
      const again = await observe(() => revoke(by, id));
      expect(again.result).toMatchObject({ revoked: 0, seq: result?.seq });
      expect(again.entries).toEqual([]);
    },
  );

  it.each<[RevokeBy, string, string]>([
    ["tokens", "tok_none", "token_not_found"],
    ["agents", "agt_none", "agent_not_found"],
    ["people", "per_none", "person_not_found"],
    ["servers", "srv_none", "server_not_found"],
    ["roles", "rol_none", "role_not_found"],
  ])("answers for unknown %s: %s is %s", async (by, id, code) => {
    await expect(revoke(by, id)).rejects.toMatchObject({ code });
  });

  it("lets a member end their own, not another's, and never many", async () => {
    const { mint, person } = await makeTokenParties();
    const { id } = await mint();
    const stranger = await ctxAs("member");
    const { error, entries } = await observe(() => revoke("tokens", id, stranger));
    expect(error).toMatchObject({ code: "token_not_found" });
    expect(entries).toMatchObject([{ action: "token.revoke", outcome: "denied", targetId: id }]);
    const mine = personCtx({ ...person, consoleRole: "member" }, { reauthenticatedAtSeconds: 0 });
    await expect(revoke("people", person.id, mine)).rejects.toMatchObject({ code: "forbidden" });
    expect(await revoke("tokens", id, mine)).toMatchObject({ revoked: 1 });
  });

  it("refuses auditors and nobody in particular, and asks an admin to confirm before many", async () => {
    const { mint, role } = await makeTokenParties();
    const { id } = await mint();
    await expect(revoke("tokens", id, await ctxAs("auditor"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(revoke("tokens", id, anonymousCtx())).rejects.toMatchObject({ code: "unauthenticated" });
    const stale = await ctxAs("admin", { reauthenticatedAtSeconds: 0 });
    const { error, entries } = await observe(() => revoke("roles", role.id, stale));
    expect(error).toMatchObject({ code: "reauthentication_required" });
    expect(entries).toMatchObject([{ outcome: "denied", targetId: role.id }]);
    expect(await revoke("tokens", id, stale)).toMatchObject({ revoked: 1 });
  });
});

describe("revokeAllTokens", () => {
  const input = { reason: "database leaked", confirm: "revoke-all" } as const;

  it("asks a person to confirm, refuses a member, and then ends everything once", async () => {
    const { mint } = await makeTokenParties();
    await mint();
    await expect(revokeAllTokens(await ctxAs("owner", { reauthenticatedAtSeconds: 0 }), input)).rejects.toMatchObject({
      code: "reauthentication_required",
    });
    await expect(revokeAllTokens(await ctxAs("member"), input)).rejects.toMatchObject({ code: "forbidden" });
    const { result, entries } = await observe(async () => revokeAllTokens(await ctxAs("owner"), input));
    expect(entries.at(-1)).toMatchObject({
      action: "token.revoke_all",
      body: { details: { revoked: result?.revoked } },
    });
    expect(await db().token.count({ where: { revokedAt: null, expiresAt: { gt: new Date() } } })).toBe(0);
    const again = await observe(() => revokeAllTokens(systemCtx(), input));
    expect(again.result).toMatchObject({ revoked: 0 });
    expect(again.entries).toEqual([]);
  });

  it("ends ten thousand tokens in one transaction, each with its entry", async () => {
    const { person, role, server } = await makeTokenParties();
    await db().$executeRaw`
      WITH made AS (INSERT INTO token (id, name, kind, hash, pepper_version, last_four, person_id, role_id, expires_at, family_id, created_by, allowed_cidrs)
        SELECT 'tok_bulk' || n, 'Bulk ' || n, 'rw', sha256(n::text::bytea), 'x', 'abcd', ${person.id}, ${role.id}, now() + interval '20 days', 'tok_bulk' || n, 'test', '{}'
        FROM generate_series(1, 10000) n RETURNING id)
      INSERT INTO token_server (token_id, server_id) SELECT id, ${server.id} FROM made`;
    const before = await db().auditEntry.count();
    const statements = await countQueries(async () => {
      expect(await revoke("people", person.id, systemCtx(), "left")).toMatchObject({ revoked: 10_000 });
    });
    expect(statements).toBeLessThan(100);
    expect((await db().auditEntry.count()) - before).toBe(10_001);
  }, 30_000);
});
