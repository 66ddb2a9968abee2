import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { call, makeAdminToken } from "@/lib/testing/admin-api";
import { observe, useTestDatabase, type SeenEntry } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import * as holds from "./audit/holds/route";
import * as release from "./audit/holds/[id]/release/route";
import * as partitions from "./audit/partitions/route";
import * as retention from "./audit/retention/route";

useTestDatabase();

type Role = "owner" | "admin" | "auditor" | "member";
const tokenOf = async (consoleRole: Role, scopes = ["retention:write"]) =>
  (await makeAdminToken({ scopes, personId: (await makePerson({ consoleRole })).id })).token;
/** Besides those of the token itself. */
const own = (entries: readonly SeenEntry[]) => entries.filter(({ action }) => action !== "token.validate");
const march = { from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z" };

describe("the API of retention", () => {
  it("says and changes how long the log is kept, with before and after on the record", async () => {
    const token = await tokenOf("owner");
    expect(await call(retention, "GET", { token })).toMatchObject({
      status: 200,
      json: { days: null, hasFolder: false },
    });
    const { entries } = await observe(async () => {
      expect(await call(retention, "PATCH", { token, body: { days: 400 } })).toMatchObject({ status: 200, json: { days: 400 } }); // prettier-ignore
      await call(retention, "PATCH", { token, body: { days: 400 } });
      await call(retention, "PATCH", { token, body: { days: null } });
    });
    const changes = entries.filter(({ action }) => action === "retention.update").map(({ body }) => body.changes);
    expect(changes).toEqual([
      [{ field: "days", before: null, after: 400 }],
      [{ field: "days", before: 400, after: null }],
    ]);
  });

  it("places a hold on a partition or a time, lists it, and releases it once, each with its reason in the log", async () => {
    const token = await tokenOf("admin");
    const { entries } = await observe(async () => {
      const made = await call(holds, "POST", { token, body: { ...march, reason: "Case 4711" } });
      expect(made).toMatchObject({ status: 201, json: { from: "2026-03-01T00:00:00.000Z", reason: "Case 4711", archived: [] } }); // prettier-ignore
      const params = { id: String(made.json.id) };
      expect(await call(holds, "GET", { token })).toMatchObject({ json: { items: [{ id: params.id, releasedAt: null }] } }); // prettier-ignore
      const over = { token, params, body: { reason: "The case is closed" } };
      for (let nth = 0; nth < 2; nth++)
        expect(await call(release, "POST", over)).toMatchObject({ status: 200, json: { releaseReason: "The case is closed" } }); // prettier-ignore
      expect(await call(holds, "GET", { token })).toMatchObject({ json: { items: [] } });
      expect(await call(holds, "GET", { token, query: "?released=true" })).toMatchObject({ json: { items: [{ id: params.id }] } }); // prettier-ignore
    });
    expect(own(entries).map(({ action, reason }) => [action, reason])).toEqual([
      ["hold.place", "Case 4711"],
      ["hold.release", "The case is closed"],
    ]);
    const { name } = await db().auditPartition.findFirstOrThrow({ orderBy: { toAt: "asc" } });
    const made = await call(holds, "POST", { token, body: { partition: name, reason: "All of it" } });
    const listed = await call(partitions, "GET", { token });
    expect((listed.json.items as { name: string; holds: string[] }[]).find((one) => one.name === name)?.holds).toEqual([
      made.json.id,
    ]);
  });

  it("lists the partitions a page at a time, newest first", async () => {
    const token = await tokenOf("auditor", ["retention:read"]);
    const whole = await call(partitions, "GET", { token });
    const names = (whole.json.items as { name: string }[]).map(({ name }) => name);
    const paged: string[] = [];
    for (let cursor = ""; ;) {
      const page = await call(partitions, "GET", { token, query: `?limit=1${cursor && `&cursor=${cursor}`}` });
      paged.push(...(page.json.items as { name: string }[]).map(({ name }) => name));
      if (page.json.nextCursor === null) break;
      cursor = String(page.json.nextCursor);
    }
    expect(paged).toEqual(names);
    expect(await call(partitions, "GET", { token, query: "?cursor=x" })).toMatchObject({ status: 400 });
  });

  it("lets nobody but an owner say how long the log is kept, and only owners and admins hold", async () => {
    for (const role of ["admin", "auditor", "member"] as const) {
      const { entries } = await observe(async () => {
        const token = await tokenOf(role);
        expect(await call(retention, "PATCH", { token, body: { days: 30 } })).toMatchObject({ status: 403 });
      });
      expect(own(entries)).toMatchObject([{ action: "retention.update", outcome: "denied", reason: "forbidden" }]);
    }
    for (const role of ["auditor", "member"] as const) {
      const token = await tokenOf(role);
      expect(await call(holds, "POST", { token, body: { ...march, reason: "x" } })).toMatchObject({ status: 403 });
      const params = { id: "hld_nothing" };
      expect(await call(release, "POST", { token, params, body: { reason: "x" } })).toMatchObject({ status: 403 });
    }
    expect(await call(partitions, "GET", { token: await tokenOf("member") })).toMatchObject({ status: 403 });
    const reader = await tokenOf("owner", ["retention:read", "audit:read"]);
    expect(await call(retention, "PATCH", { token: reader, body: { days: 30 } })).toMatchObject({ status: 403 });
    for (const route of [retention, partitions, holds])
      expect(await call(route, "GET")).toMatchObject({ status: 401, json: { code: "unauthenticated" } });
  });

  it.each([
    [retention, "PATCH", { days: 29 }],
    [retention, "PATCH", { days: 1.5 }],
    [retention, "PATCH", {}],
    [retention, "PATCH", { days: "400" }],
    [holds, "POST", { reason: "no time" }],
    [holds, "POST", { ...march, partition: "audit_entry_default", reason: "both" }],
    [holds, "POST", { from: march.to, to: march.from, reason: "backwards" }],
    [holds, "POST", { ...march, reason: " " }],
    [holds, "POST", { partition: 'audit_entry_x"; DROP TABLE audit_entry; --', reason: "x" }],
  ] as const)("refuses what is malformed, and changes nothing (%#)", async (route, method, body) => {
    const token = await tokenOf("owner");
    const counted = async () => [await db().auditHold.count(), (await db().instance.findFirstOrThrow()).auditRetentionDays];
    const before = await counted();
    expect(await call(route as typeof holds, method as "POST", { token, body })).toMatchObject({ status: 422 });
    expect(await counted()).toEqual(before);
  }); // prettier-ignore

  it("answers 404 for a partition and a hold that are not there", async () => {
    const token = await tokenOf("owner");
    const body = { partition: "audit_entry_nowhere", reason: "x" };
    expect(await call(holds, "POST", { token, body })).toMatchObject({ status: 404, json: { code: "partition_not_found" } });
    const params = { id: "hld_nothing" };
    expect(await call(release, "POST", { token, params, body: { reason: "x" } })).toMatchObject({ status: 404, json: { code: "hold_not_found" } });
  }); // prettier-ignore
});
