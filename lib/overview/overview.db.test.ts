import { describe, expect, it } from "vitest";
import { dismissNotice } from "@/lib/notice/dismiss";
import { recordAlone } from "@/lib/verb";
import { db } from "@/lib/db";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { newId } from "@/lib/id";
import { updatePolicy } from "@/lib/policy/update";
import { makeAgent, makePerson } from "@/lib/testing/make";
import { makeNotices } from "@/lib/testing/make-notice";
import { makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { makeTokenParties } from "@/lib/testing/make-token";
import { countQueries } from "@/lib/testing/queries";
import { pageTokens } from "@/lib/token/list";
import { rotateToken } from "@/lib/token/rotate";
import { pageTokensSchema } from "@/lib/token/schema";
import { getOverview } from "./get";
import { overviewSchema } from "./schema";

useTestDatabase();

const overview = async (ctx = systemCtx()) => overviewSchema.parse(await getOverview(ctx, {}));

describe("getOverview", () => {
  it("shows a checklist with nothing done but what is, on a fresh instance", async () => {
    const { checklist, tokens, findings } = await overview();
    expect(checklist?.done).toBe(false);
    expect(checklist?.steps.filter(({ done }) => done)).toEqual([]);
    expect(tokens.live).toBe(0);
    expect(findings.every(({ count }) => count === 0)).toBe(true);
  });

  it("counts what the list behind each number shows, with its most pressing rows", async () => {
    const { mint, person, server } = await makeTokenParties();
    const limited = { rateLimit: { limit: 5, windowSeconds: 60 } };
    const soon = await mint({ ...limited, name: "soon", expiresInSeconds: 7200 });
    await mint({ ...limited, name: "sooner", expiresInSeconds: 3600 });
    const rotated = await mint(limited);
    await rotateToken(systemCtx(), { tokenId: rotated.id, overlapSeconds: 3600 });
    for (let i = 0; i < 7; i++) await mint({ name: `unlimited ${i}` });
    await db().tokenActivity.create({ data: { tokenId: soon.id, lastUsedAt: new Date(Date.now() - 31 * 86_400_000) } });
    await db().tool.updateMany({ where: { serverId: server.id, name: "list_tickets" }, data: { drift: "removed" } });
    await db().toolScope.deleteMany({ where: { tool: { serverId: server.id, name: "close_ticket" } } });
    const seen = await overview();
    expect(Object.fromEntries(seen.findings.map(({ flag, count }) => [flag, count]))).toEqual({
      expiring: 2,
      retiring: 1,
      never_used: 0,
      dormant: 1,
      no_rate_limit: 7,
    });
    for (const { flag, count, tokens, href } of seen.findings) {
      const query = Object.fromEntries(new URL(href, "http://localhost").searchParams);
      expect((await pageTokens(systemCtx(), pageTokensSchema.parse(query))).total, flag).toBe(count);
      expect(tokens).toHaveLength(Math.min(count, 5));
    }
    expect(seen.findings[0]?.tokens.map(({ name }) => name)).toEqual(["sooner", "soon"]);
    expect(seen.servers).toMatchObject([{ id: server.id, drifted: 1, closed: 1 }]);
    expect(seen.checklist?.steps.filter(({ done }) => !done).map(({ step }) => step)).toEqual(["owner", "validate"]);

    const member = await overview(personCtx({ ...person, consoleRole: "member" }));
    expect(member).toMatchObject({ everything: false, decisions: null, servers: [], checklist: null });
    expect(member.tokens.live).toBe(seen.tokens.live);
    const stranger = await overview(personCtx({ ...(await makePerson()), consoleRole: "member" }));
    expect(stranger.tokens.live).toBe(0);
    expect(stranger.findings.flatMap(({ tokens }) => tokens)).toEqual([]);
  });

  it("shows the secrets of active agents that are overdue or due within 14 days, the oldest first, to who may read agents, and none that is over", async () => {
    const person = await makePerson();
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    const secretOf = async (age: number, more: object = {}, agentMore: object = {}) => {
      const agent = await makeAgent(person.id);
      await db().agent.update({ where: { id: agent.id }, data: agentMore });
      await db().oauthClient.create({
        data: {
          agentId: agent.id,
          clientId: agent.id,
          authMethod: "client_secret_basic",
          redirectUris: [],
          grantTypes: [],
        },
      });
      const id = newId("secret");
      await db().clientSecret.create({
        data: {
          ...{ id, agentId: agent.id, ...hashCredential(makeCredential("cs")), lastFour: "abcd" },
          ...{ createdBy: "test", createdAt: days(age), ...more },
        },
      });
      return id;
    };
    const [older, oldest] = [await secretOf(100), await secretOf(200)];
    const [soon, sooner] = [await secretOf(77), await secretOf(89.5)];
    await secretOf(75.9);
    await secretOf(100, { revokedAt: new Date() });
    await secretOf(100, { expiresAt: days(1) });
    await secretOf(100, {}, { status: "suspended", suspendedAt: new Date() });
    const { secrets } = await overview();
    expect(secrets.count).toBe(4);
    expect(secrets.secrets.map(({ id, dueInDays }) => [id, dueInDays])).toEqual([
      [oldest, null],
      [older, null],
      [sooner, 1],
      [soon, 13],
    ]);
    expect((await overview(personCtx({ ...person, consoleRole: "member" }))).secrets).toEqual({
      count: 0,
      secrets: [],
    });
    await updatePolicy(systemCtx(), { secretRotationDays: 0 });
    expect((await overview()).secrets.count).toBe(0);
    await updatePolicy(systemCtx(), { secretRotationDays: 90 });
  });

  it("tells whom and what was denied most in the last 24 hours, and forgets what is older", async () => {
    const { mint, server } = await makeTokenParties();
    const { id, name } = await mint();
    const credential = { id, kind: "rw", name };
    const decision = (outcome: "allow" | "deny", tool: string) =>
      ({ action: "token.validate", outcome, server, credential, tool }) as const;
    const yesterday = systemCtx({ nowSeconds: () => Date.now() / 1000 - 90_000 });
    await recordAlone(yesterday, [decision("deny", "close_ticket")]);
    const earlier = systemCtx({ nowSeconds: () => Date.now() / 1000 - 3.5 * 3600 });
    await recordAlone(earlier, [decision("deny", "close_ticket"), decision("deny", "close_ticket")]);
    await recordAlone(systemCtx(), [decision("allow", "list_tickets"), decision("deny", "list_tickets")]);
    const { decisions, checklist } = await overview();
    expect(decisions?.hours.map(({ allowed, denied }) => [allowed, denied])).toEqual([
      ...Array.from({ length: 20 }, () => [0, 0]),
      [0, 2],
      [0, 0],
      [0, 0],
      [1, 1],
    ]);
    expect(decisions).toMatchObject({
      allowed: 1,
      denied: 3,
      capped: false,
      deniedTokens: [{ id, name, count: 3 }],
      deniedTools: [
        { tool: "close_ticket", serverId: server.id, serverName: server.name, count: 2 },
        { tool: "list_tickets", count: 1 },
      ],
    });
    expect(checklist?.steps.find(({ step }) => step === "validate")?.done).toBe(true);
  });

  it("tells the admins what nobody of them has seen yet, and a member what is theirs", async () => {
    const member = await makePerson();
    const { own, admins } = await makeNotices(member.id);
    const admin = personCtx({ ...(await makePerson()), consoleRole: "admin" });
    const told = async (ctx = admin) => (await overview(ctx)).notices;
    expect(await told()).toMatchObject({ items: [{ id: admins.id, to: "admins" }], more: false });
    expect(await told(personCtx(member))).toMatchObject({ items: [{ id: own.id, to: "person" }] });
    await dismissNotice(admin, { noticeId: admins.id });
    expect(await told()).toEqual({ items: [], more: false });
    for (let nth = 0; nth < 6; nth++) await makeNotices(member.id);
    expect(await told()).toMatchObject({ items: { length: 5 }, more: true });
  });

  it("is not for nobody in particular", async () => {
    const { error, entries } = await observe(() => getOverview(anonymousCtx(), {}));
    expect(error).toMatchObject({ code: "unauthenticated" });
    expect(entries).toMatchObject([{ action: "overview.read", outcome: "denied" }]);
  });

  it("asks as few questions at ten thousand tokens as at one", async () => {
    const few = await countQueries(overview);
    const { person, role, server } = await makeTokenParties();
    await db().$executeRaw`
      WITH made AS (INSERT INTO token (id, name, kind, hash, pepper_version, last_four, person_id, role_id, expires_at, family_id, created_by, allowed_cidrs)
        SELECT 'tok_bulk' || n, 'Bulk ' || n, 'rw', sha256(n::text::bytea), 'x', 'abcd', ${person.id}, ${role.id}, now() + (n || ' hours')::interval, 'tok_bulk' || n, 'test', '{}'
        FROM generate_series(1, 10000) n RETURNING id)
      INSERT INTO token_server (token_id, server_id) SELECT id, ${server.id} FROM made`;
    expect(await countQueries(overview)).toBe(few);
  });
});
