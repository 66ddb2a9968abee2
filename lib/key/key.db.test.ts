import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeServer } from "@/lib/testing/make";
import { makeCredential } from "@/lib/token/format";
import { findServerByKey } from "./authenticate";
import { issueKey } from "./issue";
import { listKeys } from "./list";
import { revokeKey } from "./revoke";
import { rotateKey } from "./rotate";
import { issuedKeySchema, keySchema } from "./schema";
import { touchKeys } from "./touch";

useTestDatabase();

const DAY = 86_400;
const seconds = () => Date.now() / 1000;
const at = (offset: number) => systemCtx({ nowSeconds: () => seconds() + offset });
const narrowings = () => db().change.count({ where: { narrows: true } });
const memberCtx = async () => personCtx({ ...(await makePerson()), consoleRole: "member" });

async function makeKey(expiresAt?: string) {
  const server = await makeServer();
  const issued = await issueKey(systemCtx(), { serverId: server.id, name: "default", expiresAt });
  return { server, issued, ids: { serverId: server.id, keyId: issued.id } };
}

describe("issueKey", () => {
  it("tells the secret once, stores only its keyed hash, and leaves an entry without either", async () => {
    const server = await makeServer();
    const { result, entries } = await observe(() => issueKey(systemCtx(), { serverId: server.id, name: "Staging" }));
    const issued = issuedKeySchema.parse(result);
    expect(issued.key).toMatch(/^gth_srv_[0-9A-Za-z]{49}$/);
    expect(issued).toMatchObject({ status: "active", masked: `gth_srv_…${issued.key.slice(-4)}` });
    expect(entries).toMatchObject([
      {
        action: "key.issue",
        outcome: "success",
        targetId: issued.id,
        body: { credential: { id: issued.id, masked: issued.masked }, server: { id: server.id } },
      },
    ]);
    const row = await db().serverKey.findUniqueOrThrow({ where: { id: issued.id } });
    const stored = JSON.stringify([row, entries.map(({ body }) => body)]);
    expect(stored).not.toContain(issued.key);
    expect(stored).not.toContain(issued.key.slice(8, 40));
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(Buffer.from(row.hash).toString("hex"));
  });

  it("answers validation_failed for a past expiry, server_not_found, builtin_immutable; leaves no entry", async () => {
    const server = await makeServer();
    const past = new Date(Date.now() - 1000).toISOString();
    for (const [input, code] of [
      [{ serverId: server.id, expiresAt: past }, "validation_failed"],
      [{ serverId: "srv_none" }, "server_not_found"],
      [{ serverId: "srv_gatehouse" }, "builtin_immutable"],
    ] as const) {
      const { error, entries } = await observe(() => issueKey(systemCtx(), { name: "default", ...input }));
      expect(error).toMatchObject({ code });
      expect(entries).toEqual([]);
    }
  });

  it("refuses a member and an auditor, and records the refusals", async () => {
    const server = await makeServer();
    for (const consoleRole of ["member", "auditor"] as const) {
      const ctx = personCtx({ ...(await makePerson({ consoleRole })), consoleRole });
      const { error, entries } = await observe(() => issueKey(ctx, { serverId: server.id, name: "default" }));
      expect(error).toMatchObject({ code: "forbidden" });
      expect(entries).toMatchObject([{ action: "key.issue", outcome: "denied", targetId: server.id }]);
    }
  });
});

describe("rotateKey", () => {
  it("lets both keys work during the overlap and the successor alone after it", async () => {
    const { issued, ids, server } = await makeKey();
    const seq = await narrowings();
    const { result, entries } = await observe(() => rotateKey(systemCtx(), { ...ids, overlapSeconds: DAY }));
    expect(result).toMatchObject({
      name: issued.name,
      predecessorId: issued.id,
      status: "active",
      predecessor: { id: issued.id, status: "retiring" },
    });
    expect(entries).toMatchObject([
      { action: "key.rotate", targetId: issued.id, body: { details: { successorId: result?.id } } },
    ]);
    expect(await narrowings()).toBe(seq + 1);
    const successor = result?.key ?? "";
    expect(await findServerByKey(issued.key, seconds())).toMatchObject({ serverId: server.id, keyId: issued.id });
    expect(await findServerByKey(successor, seconds())).toMatchObject({ keyId: result?.id });
    expect(await findServerByKey(issued.key, seconds() + DAY + 1)).toBeNull();
    expect(await findServerByKey(successor, seconds() + DAY + 1)).toMatchObject({ keyId: result?.id });
  });

  it("ends the predecessor at once where the overlap is 0, without calling it revoked", async () => {
    const { issued, ids } = await makeKey();
    const { predecessor } = await rotateKey(systemCtx(), { ...ids, overlapSeconds: 0 });
    expect(predecessor).toMatchObject({ status: "expired", revokedAt: null });
    expect(await findServerByKey(issued.key, seconds())).toBeNull();
  });

  it("gives the successor the predecessor's expiry", async () => {
    const expiresAt = new Date(Date.now() + DAY * 1000).toISOString();
    const { ids } = await makeKey(expiresAt);
    expect(await rotateKey(systemCtx(), { ...ids, overlapSeconds: 60 })).toMatchObject({ expiresAt });
  });

  it("lets exactly one of two rotations at the same moment win; the other is already_rotated", async () => {
    const { ids } = await makeKey();
    const { result, entries } = await observe(() =>
      Promise.allSettled([1, 2].map(() => rotateKey(systemCtx(), { ...ids, overlapSeconds: 60 }))),
    );
    const lost = result?.filter((one) => one.status === "rejected");
    expect(lost).toMatchObject([{ reason: { code: "already_rotated" } }]);
    expect(entries).toHaveLength(1);
  });

  it("meets a revocation at the same moment without leaving a half: the predecessor is revoked either way", async () => {
    for (let round = 0; round < 5; round++) {
      const { ids, issued } = await makeKey();
      const [rotated] = await Promise.allSettled([
        rotateKey(systemCtx(), { ...ids, overlapSeconds: DAY }),
        revokeKey(systemCtx(), ids),
      ]);
      expect(await findServerByKey(issued.key, seconds())).toBeNull();
      if (rotated.status === "rejected") expect(rotated.reason).toMatchObject({ code: "not_live" });
      else expect(await findServerByKey(rotated.value.key, seconds())).not.toBeNull();
    }
  });

  it("answers not_live for a revoked and for an expired key", async () => {
    const { ids } = await makeKey();
    await revokeKey(systemCtx(), ids);
    await expect(rotateKey(systemCtx(), { ...ids, overlapSeconds: 0 })).rejects.toMatchObject({ code: "not_live" });
    const short = await makeKey(new Date(Date.now() + 60_000).toISOString());
    await expect(rotateKey(at(61), { ...short.ids, overlapSeconds: 0 })).rejects.toMatchObject({ code: "not_live" });
  });

  it("answers key_not_found for another server's key, and refuses a member with an entry", async () => {
    const { ids } = await makeKey();
    const other = await makeServer();
    const crossed = { serverId: other.id, keyId: ids.keyId, overlapSeconds: 0 };
    await expect(rotateKey(systemCtx(), crossed)).rejects.toMatchObject({ code: "key_not_found" });
    const member = await memberCtx();
    const { error, entries } = await observe(() => rotateKey(member, { ...ids, overlapSeconds: 0 }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "key.rotate", outcome: "denied", targetId: ids.keyId }]);
  });
});

describe("revokeKey", () => {
  it("ends the key at once, with the reason in its entry, and numbers the narrowing", async () => {
    const { ids, issued } = await makeKey();
    const seq = await narrowings();
    const { result, entries } = await observe(() => revokeKey(systemCtx(), { ...ids, reason: "leaked in a log" }));
    expect(keySchema.parse(result)).toMatchObject({ status: "revoked", revokedReason: "leaked in a log" });
    expect(entries).toMatchObject([{ action: "key.revoke", reason: "leaked in a log", targetId: issued.id }]);
    expect(await narrowings()).toBe(seq + 1);
    expect(await findServerByKey(issued.key, seconds())).toBeNull();
  });

  it("is idempotent, also where two revocations meet: one entry, the first reason stays", async () => {
    const { ids } = await makeKey();
    const { entries } = await observe(() => Promise.all([1, 2].map(() => revokeKey(systemCtx(), ids))));
    expect(entries).toHaveLength(1);
    const again = await observe(() => revokeKey(systemCtx(), { ...ids, reason: "again" }));
    expect(again.entries).toEqual([]);
    expect(again.result).toMatchObject({ revokedReason: null });
  });

  it("answers key_not_found for another server's key, and refuses a member with an entry", async () => {
    const { ids, issued } = await makeKey();
    const other = await makeServer();
    const crossed = { serverId: other.id, keyId: ids.keyId };
    await expect(revokeKey(systemCtx(), crossed)).rejects.toMatchObject({ code: "key_not_found" });
    const member = await memberCtx();
    const { error, entries } = await observe(() => revokeKey(member, ids));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "key.revoke", outcome: "denied", targetId: ids.keyId }]);
    expect(await findServerByKey(issued.key, seconds())).not.toBeNull();
  });
});

describe("listKeys", () => {
  it("lists every key of the server and no secret", async () => {
    const { ids, issued } = await makeKey();
    const { predecessor: _predecessor, ...successor } = await rotateKey(systemCtx(), { ...ids, overlapSeconds: 60 });
    const page = await listKeys(systemCtx(), { serverId: ids.serverId });
    expect(page.items.map(({ id, status }) => [id, status]).sort()).toEqual(
      [
        [issued.id, "retiring"],
        [successor.id, "active"],
      ].sort(),
    );
    for (const item of page.items) keySchema.parse(item);
    expect(JSON.stringify(page)).not.toContain(issued.key);
  });

  it("refuses a member, even of the server's own roles, and records it; answers server_not_found", async () => {
    const { ids } = await makeKey();
    const member = await memberCtx();
    const { error, entries } = await observe(() => listKeys(member, { serverId: ids.serverId }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "server.read", outcome: "denied", targetId: ids.serverId }]);
    await expect(listKeys(systemCtx(), { serverId: "srv_none" })).rejects.toMatchObject({ code: "server_not_found" });
  });
});

describe("findServerByKey", () => {
  it("finds the server of a live key, also a disabled one", async () => {
    const { server, issued } = await makeKey();
    const found = {
      serverId: server.id,
      keyId: issued.id,
      serverSlug: server.slug,
      serverName: server.name,
      resource: server.resource,
      serverStatus: "active",
      auditLevel: "full",
      builtin: false,
    };
    expect(await findServerByKey(issued.key, seconds())).toEqual(found);
    await db().mcpServer.update({ where: { id: server.id }, data: { status: "disabled", disabledAt: new Date() } });
    expect(await findServerByKey(issued.key, seconds())).toEqual({ ...found, serverStatus: "disabled" });
  });

  it("answers null for malformed, unknown, foreign-kind and expired credentials", async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { issued } = await makeKey(expiresAt);
    expect(await findServerByKey(issued.key, seconds())).not.toBeNull();
    for (const text of [
      "",
      "gth_srv_",
      `${issued.key}x`,
      issued.key.toLowerCase(),
      makeCredential("srv"),
      makeCredential("ro"),
    ])
      expect(await findServerByKey(text, seconds())).toBeNull();
    expect(await findServerByKey(issued.key, Date.parse(expiresAt) / 1000)).toBeNull();
  });
});

describe("touchKeys", () => {
  it("writes the last use of several keys, never backwards, and leaves no entry", async () => {
    const [one, two] = [await makeKey(), await makeKey()];
    const { entries } = await observe(async () => {
      await touchKeys(new Map([[one.issued.id, 2000], [two.issued.id, 1000], ["key_none", 1]])); // prettier-ignore
      await touchKeys(new Map([[one.issued.id, 1500.5], [two.issued.id, 1500.5]])); // prettier-ignore
    });
    const used = async ({ issued }: typeof one) =>
      (await db().serverKey.findUniqueOrThrow({ where: { id: issued.id } })).lastUsedAt?.getTime();
    expect([await used(one), await used(two)]).toEqual([2_000_000, 1_500_500]);
    expect(entries).toEqual([]);
  });

  it("never deadlocks where many processes flush the same keys in different orders", async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(() => makeKey()));
    const used = keys.map(({ issued }, i) => [issued.id, 1000 + i] as const);
    const flushes = Array.from({ length: 8 }, (_, i) => touchKeys(new Map(i % 2 ? used : [...used].reverse())));
    await expect(Promise.all(flushes)).resolves.toHaveLength(8);
  });
});
