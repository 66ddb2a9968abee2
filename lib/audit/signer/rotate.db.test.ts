import { describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { fillLog, signLog } from "@/lib/testing/audit-log";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { parseCheckpoint } from "../tree/checkpoint";
import { isSignedBy, parseVerifierKey } from "../tree/note";
import { checkpointFrom, newestCheckpoint } from "../tree/store";
import { readLogKeys } from "./keys";
import { createAuditKey, ensureAuditKey, rotateAuditKey } from "./rotate";

useTestDatabase();

describe("the log's key", () => {
  it("is made once, however often it is asked for, and the log says so", async () => {
    const made = await createAuditKey(systemCtx());
    await expect(createAuditKey(systemCtx())).rejects.toMatchObject({ code: "write_conflict" });
    await ensureAuditKey(systemCtx());
    const [entry, ...more] = (await entriesSince()).filter(({ outcome }) => outcome === "success");
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ targetId: made.keyId, body: { details: { verifierKey: made.verifierKey, predecessor: null } } }); // prettier-ignore
    expect(parseVerifierKey(made.verifierKey)?.id).toBe(made.keyId);
  });

  it("is followed by another that the log itself names: both sign the checkpoint that covers it, then the new one alone", async () => {
    await fillLog(10);
    await signLog();
    const before = await lastIdx();
    const { verifierKey, predecessor } = await rotateAuditKey(systemCtx());
    const [older, newer] = [parseVerifierKey(predecessor ?? ""), parseVerifierKey(verifierKey)];
    if (!older || !newer) throw new Error("no key");
    expect(newer.name).toBe(older.name);
    const [entry] = await entriesSince(before);
    expect(entry).toMatchObject({ action: "audit_key.rotate", body: { details: { verifierKey, predecessor } } });
    const size = await signLog();
    const both = parseCheckpoint((await checkpointFrom(pool(), Number(entry?.idx) + 1))?.note ?? "");
    expect(both?.size).toBe(size);
    expect(both && [isSignedBy(both.note, older), isSignedBy(both.note, newer)]).toEqual([true, true]);
    await fillLog(1);
    await signLog();
    const after = parseCheckpoint((await newestCheckpoint(pool()))?.note ?? "");
    expect(after?.note.signatures.map(({ id }) => id)).toEqual([newer.id]);
    expect(after && isSignedBy(after.note, newer)).toBe(true);
    expect((await readLogKeys(pool())).map(({ id, fromSize, untilSize }) => [id, fromSize, untilSize])).toEqual([
      [older.id, expect.any(Number), size],
      [newer.id, size, null],
    ]);
    const { rows } = await pool().query("SELECT key_id FROM audit_signer WHERE sealed_private IS NULL");
    expect(rows).toEqual([{ key_id: older.id }]);
  });

  it("is not followed by two at once", async () => {
    await rotateAuditKey(systemCtx());
    await expect(rotateAuditKey(systemCtx())).rejects.toMatchObject({ code: "audit_key_waits" });
    await signLog();
    await expect(rotateAuditKey(systemCtx())).resolves.toBeDefined();
    await signLog();
  });

  it("is rotated by nobody who may not change the policy", async () => {
    await expect(rotateAuditKey(personCtx({ id: "per_1", consoleRole: "auditor" }))).rejects.toMatchObject({ code: "forbidden" }); // prettier-ignore
  });
});
