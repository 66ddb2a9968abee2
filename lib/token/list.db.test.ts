import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makeHolder, makePerson, makeServer } from "@/lib/testing/make";
import { makeToken } from "@/lib/testing/make-credentials";
import { makeTokenParties } from "@/lib/testing/make-token";
import { countQueries } from "@/lib/testing/queries";
import { getToken } from "./get";
import { listTokens, pageTokens } from "./list";
import { mintToken } from "./mint";
import { listTokensSchema, mintTokenSchema, pageTokensSchema, TOKEN_STATUSES, tokenDetailSchema } from "./schema";
import { updateToken } from "./update";

useTestDatabase();

const DAY_MS = 86_400_000;
const past = (days: number) => new Date(Date.now() - days * DAY_MS);
const list = (more: object = {}, ctx = systemCtx()) => listTokens(ctx, listTokensSchema.parse({ limit: 200, ...more }));
const page = (more: object = {}, ctx = systemCtx()) => pageTokens(ctx, pageTokensSchema.parse(more));
type Data = Parameters<ReturnType<typeof db>["token"]["update"]>[0]["data"];
const set = (id: string, data: Data) => db().token.update({ where: { id }, data });

/** One token in every state, by name; what they should be is said by the name's first word. */
async function makeEveryState() {
  const wide = await makeTokenParties();
  const mint = async (name: string, more: object = {}) => (await wide.mint({ name, ...more })).id;
  const suspended = await makeHolder(wide.role.id);
  const without = await makeHolder(wide.role.id);
  const agent = await makeAgent(wide.person.id);
  await db().agentRole.create({ data: { agentId: agent.id, roleId: wide.role.id, assignedBy: "test" } });
  await mint("active plain");
  await mint("active narrowed", { scopes: ["tickets:read"] });
  await mint("expiring soon", { expiresInSeconds: 3600 });
  await mint("not_yet_valid", { notBefore: new Date(Date.now() + DAY_MS).toISOString() });
  await mint("blocked by suspended person", { personId: suspended.id });
  await mint("blocked by missing role", { personId: without.id });
  await mint("blocked by suspended agent", { agentId: agent.id });
  await mint("blocked agent alone", { personId: undefined, agentId: agent.id });
  await set(await mint("revoked"), { revokedAt: new Date(), revokedBy: "test" });
  await set(await mint("retiring"), { retiresAt: new Date(Date.now() + DAY_MS) });
  await set(await mint("revoked by the end of its overlap"), { retiresAt: new Date(Date.now() - 1000) });
  const terms = { personId: wide.person.id, roleId: wide.role.id, serverIds: [wide.server.id] };
  const ended = { createdAt: past(2), expiresAt: past(1) };
  await makeToken({ ...terms, ...ended, name: "expired" });
  await makeToken({ ...terms, ...ended, name: "expired with its overlap", retiresAt: ended.expiresAt });
  await makeToken({ ...terms, ...ended, name: "revoked before its expiry", retiresAt: past(1.5) });
  await db().person.update({ where: { id: suspended.id }, data: { status: "suspended", suspendedAt: new Date() } });
  await db().agent.update({ where: { id: agent.id }, data: { status: "suspended", suspendedAt: new Date() } });
  await db().personRole.deleteMany({ where: { personId: without.id } });
  const archived = await makeTokenParties();
  await archived.mint({ name: "blocked by archived role" });
  await db().role.update({ where: { id: archived.role.id }, data: { archivedAt: new Date() } });
  const disabled = await makeTokenParties();
  await disabled.mint({ name: "blocked by disabled server" });
  await db().mcpServer.update({
    where: { id: disabled.server.id },
    data: { status: "disabled", disabledAt: new Date() },
  });
  const emptied = await makeTokenParties(["tickets:read"]);
  await emptied.mint({ name: "blocked by emptied role" });
  await db().roleScope.updateMany({ where: { roleId: emptied.role.id }, data: { pattern: "tickets:read:*" } });
  const widened = await makeTokenParties(["tickets:read"]);
  await widened.mint({ name: "blocked ro whose role has only write now" });
  await db().roleScope.updateMany({ where: { roleId: widened.role.id }, data: { pattern: "tickets:write" } });
  const narrowedAway = await makeTokenParties(["tickets:*"]);
  await narrowedAway.mint({ name: "blocked narrowed to what went", scopes: ["tickets:read"] });
  await db().roleScope.updateMany({ where: { roleId: narrowedAway.role.id }, data: { pattern: "tickets:write" } });
  const half = await makeTokenParties();
  const second = await makeServer();
  await db().roleScope.create({ data: { roleId: half.role.id, serverId: second.id, pattern: "*" } });
  await half.mint({ name: "active on one of two servers", serverIds: [half.server.id, second.id] });
  await db().mcpServer.update({ where: { id: second.id }, data: { status: "disabled", disabledAt: new Date() } });
  return { wide, agent, half };
}

describe("the status of a token", () => {
  let made: Awaited<ReturnType<typeof makeEveryState>>;
  beforeAll(async () => {
    made = await makeEveryState();
  });

  it("is told the same by the row, by the filter in SQL, and by what made it so", async () => {
    const everything = (await list()).items;
    expect(everything.length).toBeGreaterThan(15);
    for (const token of everything)
      expect(`${token.name} is ${token.status}`).toBe(`${token.name} is ${token.name.split(" ")[0]}`);
    for (const status of TOKEN_STATUSES) {
      const expected = everything.filter((token) => token.status === status).map(({ id }) => id);
      expect(expected.length, status).toBeGreaterThan(0);
      expect(
        (await list({ status })).items.map(({ id }) => id),
        status,
      ).toEqual(expected);
      expect((await page({ status })).total, status).toBe(expected.length);
    }
    const live = everything.filter(({ status }) => status !== "revoked" && status !== "expired").length;
    expect((await page({ state: "live" })).total).toBe(live);
    expect((await page({ state: "ended" })).total).toBe(everything.length - live);
  });

  it("agrees with the flags that are filters", async () => {
    const [one, two] = (await list({ q: "active plain" })).items;
    expect(two).toBeUndefined();
    await db().tokenActivity.create({ data: { tokenId: one?.id ?? "", lastUsedAt: past(31) } });
    await db().$executeRaw`ALTER TABLE token DISABLE TRIGGER token_refuse_rewriting`;
    await db().token.updateMany({ where: { name: { startsWith: "blocked" } }, data: { createdAt: past(8) } });
    await db().$executeRaw`ALTER TABLE token ENABLE TRIGGER token_refuse_rewriting`;
    const everything = (await list()).items;
    for (const flag of ["never_used", "dormant", "no_rate_limit", "expiring", "retiring"] as const) {
      const expected = everything.filter(({ flags }) => flags.includes(flag)).map(({ id }) => id);
      expect(expected.length, flag).toBeGreaterThan(0);
      expect(
        (await list({ flag })).items.map(({ id }) => id),
        flag,
      ).toEqual(expected);
    }
  });

  it("shows what each may do right now with the same code as decides, and nothing for the dead", async () => {
    for (const token of (await list()).items) {
      const detail = tokenDetailSchema.parse(await getToken(systemCtx(), { tokenId: token.id }));
      const works = detail.effective.some(({ scopes }) => scopes.length > 0);
      expect(works, token.name).toBe(!["revoked", "expired", "blocked"].includes(token.status));
    }
    const [half] = (await list({ q: "active on one" })).items;
    const detail = await getToken(systemCtx(), { tokenId: half?.id ?? "" });
    expect(detail.effective.find(({ serverId }) => serverId === made.half.server.id)).toMatchObject({
      scopes: [{ name: "tickets:read" }, { name: "tickets:write" }],
      tools: ["close_ticket", "list_tickets"],
    });
    expect(detail.flags).toContain("server_disabled");
  });

  it("finds by name, id and last four, literally", async () => {
    const [token] = (await list({ q: "aCTive pl" })).items;
    expect(token?.name).toBe("active plain");
    for (const q of [token?.id, token?.masked])
      expect((await list({ q })).items.map(({ id }) => id)).toContain(token?.id);
    expect((await list({ q: "%" })).items).toEqual([]);
    for (const q of ["\0", "\ud800"]) expect(listTokensSchema.safeParse({ q }).success).toBe(false);
    await expect(getToken(systemCtx(), { tokenId: "tok_\0" })).rejects.toMatchObject({ code: "token_not_found" });
    expect((await list({ q: "active_plain" })).items).toEqual([]);
  });

  it("filters by holder, role, server and kind", async () => {
    const { wide, agent } = made;
    expect((await list({ agentId: agent.id })).items).toHaveLength(2);
    expect((await page({ personId: wide.person.id, kind: "ro" })).items.map(({ name }) => name)).toEqual([
      "active narrowed",
    ]);
    const byServer = await list({ serverId: wide.server.id });
    expect(byServer.items.map(({ id }) => id)).toEqual(
      (await list({ roleId: wide.role.id })).items.map(({ id }) => id),
    );
  });

  it("sorts both ways, and pages by cursor without gaps or doubles", async () => {
    const names = (await page({ sort: "name", order: "asc" })).items.map(({ name }) => name.toLowerCase());
    expect([...names].reverse()).toEqual(
      (await page({ sort: "name", order: "desc" })).items.map(({ name }) => name.toLowerCase()),
    );
    for (const order of ["asc", "desc"])
      expect((await page({ sort: "last_used", order })).items[0]?.lastUsedAt).not.toBeNull();
    expect((await page({ page: 9 })).items).toEqual([]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const next = await listTokens(systemCtx(), listTokensSchema.parse({ limit: 4, cursor }));
      seen.push(...next.items.map(({ id }) => id));
      cursor = next.nextCursor ?? undefined;
      if (cursor) await expect(list({ cursor, state: "live" })).rejects.toMatchObject({ code: "invalid_cursor" });
    } while (cursor);
    expect(seen).toEqual((await list()).items.map(({ id }) => id));
  });
});

describe("whose tokens", () => {
  it("a member sees their own alone, and token_not_found for others is recorded", async () => {
    const { mint, person } = await makeTokenParties();
    const mine = await mint();
    const ctx = personCtx({ ...person, consoleRole: "member" });
    expect((await list({}, ctx)).items.map(({ id }) => id)).toEqual([mine.id]);
    expect((await page({}, ctx)).total).toBe(1);
    const stranger = personCtx({ ...(await makePerson()), consoleRole: "member" });
    expect((await list({ personId: person.id }, stranger)).items).toEqual([]);
    const { error, entries } = await observe(() => getToken(stranger, { tokenId: mine.id }));
    expect(error).toMatchObject({ code: "token_not_found" });
    expect(entries).toMatchObject([{ action: "token.read", outcome: "denied", targetId: mine.id }]);
    await expect(list({}, anonymousCtx())).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("never answers a secret or a hash", async () => {
    const { mint, person } = await makeTokenParties();
    const { token, id } = await mint();
    const seen = JSON.stringify([await getToken(systemCtx(), { tokenId: id }), await list({ personId: person.id })]);
    expect(seen).not.toContain(token.slice(8, 30));
    expect(seen).not.toContain("hash");
  });
});

describe("updateToken", () => {
  it("changes its terms with before and after, and numbers only what narrows", async () => {
    const { mint } = await makeTokenParties();
    const { id } = await mint();
    const numbers = () => db().change.count({ where: { subjectId: id, narrows: true } });
    const { result, entries } = await observe(() =>
      updateToken(systemCtx(), { tokenId: id, name: "Desktop", allowedCidrs: ["10.0.0.1/8"] }),
    );
    expect(result).toMatchObject({ name: "Desktop", allowedCidrs: ["10.0.0.0/8"] });
    expect(entries).toMatchObject([
      {
        action: "token.update",
        body: {
          changes: [
            { field: "name", before: "Laptop", after: "Desktop" },
            { field: "allowedCidrs", before: [], after: ["10.0.0.0/8"] },
          ],
        },
      },
    ]);
    expect(await numbers()).toBe(1);
    await updateToken(systemCtx(), { tokenId: id, allowedCidrs: [] });
    expect(await numbers()).toBe(1);
    expect((await observe(() => updateToken(systemCtx(), { tokenId: id, name: "Desktop" }))).entries).toEqual([]);
  });

  it("refuses a member for another's token, an auditor for any, and a revoked token", async () => {
    const { mint, person } = await makeTokenParties();
    const { id } = await mint();
    const stranger = personCtx({ ...(await makePerson()), consoleRole: "member" });
    const { error, entries } = await observe(() => updateToken(stranger, { tokenId: id, name: "Mine" }));
    expect(error).toMatchObject({ code: "token_not_found" });
    expect(entries).toMatchObject([{ action: "token.update", outcome: "denied", targetId: id }]);
    const auditor = personCtx({ ...person, consoleRole: "auditor" });
    await expect(updateToken(auditor, { tokenId: id, name: "X" })).rejects.toMatchObject({ code: "forbidden" });
    await set(id, { revokedAt: new Date(), revokedBy: "test" });
    await expect(updateToken(systemCtx(), { tokenId: id, name: "X" })).rejects.toMatchObject({ code: "not_live" });
  });
});

describe("at ten thousand tokens", () => {
  it("answers any page of ten thousand with few queries", async () => {
    const { person, role, server } = await makeTokenParties();
    await mintToken(
      systemCtx(),
      mintTokenSchema.parse({ name: "First", personId: person.id, roleId: role.id, serverIds: [server.id] }),
    );
    await db().$executeRaw`
      WITH made AS (INSERT INTO token (id, name, kind, hash, pepper_version, last_four, person_id, role_id, expires_at, family_id, created_by, allowed_cidrs)
        SELECT 'tok_bulk' || n, 'Bulk ' || n, 'rw', sha256(n::text::bytea), 'x', 'abcd', ${person.id}, ${role.id}, now() + interval '20 days', 'tok_bulk' || n, 'test', '{}'
        FROM generate_series(1, 10000) n RETURNING id)
      INSERT INTO token_server (token_id, server_id) SELECT id, ${server.id} FROM made`;
    for (const more of [
      {},
      { state: "live" },
      { status: "active" },
      { status: "blocked" },
      { q: "bulk 99" },
      { sort: "last_used" },
      { sort: "name", page: 150 },
      { flag: "no_rate_limit", state: "live" },
    ]) {
      expect(await countQueries(() => page(more)), JSON.stringify(more)).toBeLessThan(20);
    }
  });
});
