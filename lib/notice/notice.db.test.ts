import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { reapOAuth } from "@/lib/oauth/reap";
import { ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { tokenPermissions } from "@/lib/authz/permissions";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { makeNotices } from "@/lib/testing/make-notice";
import { dismissNotice } from "./dismiss";
import { countUnseenNotices, listNotices } from "./list";
import { listNoticesSchema, noticeSchema } from "./schema";

useTestDatabase();

async function found() {
  const member = await makePerson();
  const [admin, auditor] = [await makePerson({ consoleRole: "admin" }), await makePerson({ consoleRole: "auditor" })];
  return { member, admin, auditor, ...(await makeNotices(member.id)) };
}
const list = async (ctx: ReturnType<typeof personCtx>, query: object = {}) =>
  (await listNotices(ctx, listNoticesSchema.parse(query))).items.map((notice) => noticeSchema.parse(notice));
const ids = (notices: readonly { id: string }[]) => notices.map(({ id }) => id);

describe("listNotices", () => {
  it("gives a person their own, and admins and auditors the admins' besides", async () => {
    const { member, admin, auditor, own, admins, agent, server } = await found();
    expect(await list(personCtx(member))).toMatchObject([
      { id: own.id, to: "person", agent: { id: agent.id, name: agent.name }, server: { id: server.id }, seenBy: null },
    ]);
    for (const reader of [admin, auditor]) {
      const seen = ids(await list(personCtx(reader)));
      expect(seen).toContain(admins.id);
      expect(seen).not.toContain(own.id);
    }
    expect(await list(personCtx(await makePerson()))).toEqual([]);
  });

  it("gives a token of the admin API the admins' alone, where its scopes say so", async () => {
    const { admins, own } = await found();
    const token = (scopes: string[]) =>
      ctxOf({
        ...{ kind: "token", tokenId: "tok_test", name: "API", personId: null, agentId: null, scopes },
        permissions: tokenPermissions(scopes, null),
      });
    const seen = ids(await list(token(["grants:read"])));
    expect([seen.includes(admins.id), seen.includes(own.id)]).toEqual([true, false]);
    await expect(list(token(["tokens:read"]))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("goes page by page, the newest first, and tells what was seen from what was not", async () => {
    const member = await makePerson();
    const made = [];
    for (let nth = 0; nth < 3; nth++) made.push((await makeNotices(member.id)).own.id);
    const ctx = personCtx(member);
    const first = await listNotices(ctx, listNoticesSchema.parse({ limit: 2 }));
    const second = await listNotices(ctx, listNoticesSchema.parse({ limit: 2, cursor: first.nextCursor }));
    expect([...ids(first.items), ...ids(second.items)]).toEqual([...made].sort().reverse());
    expect(second.nextCursor).toBeNull();
    await dismissNotice(ctx, { noticeId: made[0] ?? "" });
    expect(ids(await list(ctx, { seen: "true" }))).toEqual([made[0]]);
    expect(ids(await list(ctx, { seen: "false" }))).not.toContain(made[0]);
    await expect(list(ctx, { cursor: "nonsense" })).rejects.toMatchObject({ code: "invalid_cursor" });
  });
});

describe("countUnseenNotices", () => {
  it("counts what waits for the reader, and not what they may only read", async () => {
    const { member, admin, auditor, own } = await found();
    const waiting = await countUnseenNotices(personCtx(admin));
    expect(waiting).toBeGreaterThan(0);
    expect(await countUnseenNotices(personCtx(auditor))).toBe(0);
    expect(await countUnseenNotices(personCtx(member))).toBe(1);
    await dismissNotice(personCtx(member), { noticeId: own.id });
    expect(await countUnseenNotices(personCtx(member))).toBe(0);
    expect(await countUnseenNotices(personCtx(admin)), "the admins' is another one").toBe(waiting);
  });
});

describe("dismissNotice", () => {
  it("marks one's own as seen, with one entry however often", async () => {
    const { member, own, agent } = await found();
    const ctx = personCtx(member);
    const { result, entries } = await observe(() => dismissNotice(ctx, { noticeId: own.id }));
    expect(result).toMatchObject({ id: own.id, seenBy: { id: member.id, name: member.name } });
    expect(entries).toMatchObject([{ action: "notice.dismiss", outcome: "success", targetId: own.id }]);
    expect(entries[0]?.body).toMatchObject({ agent: { id: agent.id }, person: { id: member.id } });
    const again = await observe(() => dismissNotice(ctx, { noticeId: own.id }));
    expect(again).toMatchObject({ result: { seenAt: result?.seenAt }, entries: [] });
  });

  it("marks the admins' as seen for all of them, once, also where several do at the same moment", async () => {
    const { admin, admins } = await found();
    const other = await makePerson({ consoleRole: "owner" });
    const { entries } = await observe(() =>
      Promise.all([admin, other, admin].map((one) => dismissNotice(personCtx(one), { noticeId: admins.id }))),
    );
    expect(entries.map(({ action }) => action)).toEqual(["notice.dismiss"]);
    const row = await db().notice.findUniqueOrThrow({ where: { id: admins.id } });
    expect([admin.id, other.id]).toContain(row.seenBy);
  });

  it("answers notice_not_found for what is somebody else's, as for what is not there, and changes nothing", async () => {
    const { member, admin, own, admins } = await found();
    for (const [who, noticeId] of [
      [await makePerson(), own.id],
      [admin, own.id],
      [member, admins.id],
    ] as const) {
      const { error, entries } = await observe(() => dismissNotice(personCtx(who), { noticeId }));
      expect(error).toMatchObject({ code: "notice_not_found" });
      expect(entries).toMatchObject([{ action: "notice.dismiss", outcome: "denied", targetId: noticeId }]);
    }
    const nothing = await observe(() => dismissNotice(personCtx(admin), { noticeId: "ntc_none" }));
    expect(nothing).toMatchObject({ error: { code: "notice_not_found" }, entries: [] });
    expect(await db().notice.count({ where: { id: { in: [own.id, admins.id] }, seenAt: null } })).toBe(2);
  });

  it("is forbidden to an auditor for the admins', and recorded", async () => {
    const { auditor, admins } = await found();
    const { error, entries } = await observe(() => dismissNotice(personCtx(auditor), { noticeId: admins.id }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "notice.dismiss", outcome: "denied", reason: "forbidden" }]);
  });
});

it("the database itself refuses a notice that nobody in particular has seen", async () => {
  const { own } = await found();
  const unsaid = db().$executeRaw`UPDATE notice SET seen_at = now() WHERE id = ${own.id}`;
  await expect(unsaid).rejects.toThrow("notice_seen_by_somebody");
});

it("a notice is forgotten ninety days after it was seen, and never before somebody has", async () => {
  const { member, own, admins } = await found();
  await dismissNotice(personCtx(member), { noticeId: own.id });
  const left = async (days: number) => {
    await reapOAuth(systemCtx({ nowSeconds: () => Date.now() / 1000 + days * 86_400 }), undefined);
    const rows = await db().notice.findMany({ where: { id: { in: [own.id, admins.id] } }, select: { id: true } });
    return ids(rows).sort();
  };
  expect(await left(89)).toEqual([own.id, admins.id].sort());
  expect(await left(91)).toEqual([admins.id]);
});
