import { describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { fillLog, signLog, tamper, withClient } from "@/lib/testing/audit-log";
import { useTestDatabase } from "@/lib/testing/database";
import { Integrator } from "./integrate";
import { readLogKeys } from "./signer/keys";
import { parseCheckpoint } from "./tree/checkpoint";
import { isSignedBy } from "./tree/note";
import { rootOfInclusion, isConsistent } from "./tree/proof";
import { newestCheckpoint, storedTree, writeCheckpoint } from "./tree/store";

useTestDatabase();

const newest = async () => {
  const checkpoint = await newestCheckpoint(pool());
  if (!checkpoint) throw new Error("nothing was signed");
  return checkpoint;
};

describe("the integrator", () => {
  it("signs every entry of the log, with tiles from which each can be proved", async () => {
    await fillLog(1300);
    const size = await signLog();
    const head = await pool().query<{ next: string }>("SELECT next FROM audit_head");
    expect(size).toBe(Number(head.rows[0]?.next));
    const { root, note } = await newest();
    const said = parseCheckpoint(note);
    expect(said).toMatchObject({ size, root });
    expect(said?.origin).toMatch(/^localhost:3000\/audit\/[0-9a-f]{8}$/);
    const [key] = await readLogKeys(pool());
    if (!key || !said) throw new Error("no key");
    expect(isSignedBy(said.note, key)).toBe(true);
    const tree = storedTree(pool(), size);
    for (const index of [0, 1, 255, 256, 1000, size - 1]) {
      const { rows } = await pool().query<{ leaf: Buffer }>("SELECT leaf FROM audit_entry WHERE idx = $1", [index]);
      const leaf = rows[0]?.leaf.toString("latin1") ?? "";
      expect(rootOfInclusion(index, size, leaf, await tree.inclusion(index)) === root).toBe(true);
    }
  });

  it("goes on, also in another process, to a tree that began as the one before", async () => {
    const one = new Integrator();
    await signLog(one);
    const before = await newest();
    await fillLog(700);
    await signLog(one);
    const between = await newest();
    await fillLog(300);
    const size = await signLog(new Integrator());
    expect(size).toBe(between.size + 300);
    const tree = storedTree(pool(), size);
    const after = await newest();
    for (const older of [before, between])
      expect(isConsistent(older, after, await tree.consistency(older.size))).toBe(true);
  });

  it("signs nothing where nothing was written", async () => {
    await signLog();
    const before = await newest();
    await signLog();
    expect(await newest()).toEqual(before);
  });

  it.each([
    ["an entry that is missing", "DELETE FROM audit_entry WHERE idx = $", "it is missing"],
    ["a body", `UPDATE audit_entry SET body = replace(body, '"v":', '"w":') WHERE idx = $`, "its hash does not match its body"], // prettier-ignore
    ["a body with a leaf to match", `UPDATE audit_entry SET body = '[]', leaf = sha256('\\x00'::bytea || '[]') WHERE idx = $`, "its columns do not match its body"], // prettier-ignore
    ["a body that is no JSON, with a leaf", `UPDATE audit_entry SET body = '{', leaf = sha256('\\x00'::bytea || '{') WHERE idx = $`, "its body is no entry"], // prettier-ignore
    ...["action = 'token.revoke'", "outcome = 'failure'", "reason = 'ok'", "actor_id = 'per_9'", "actor_kind = 'agent'", "person_id = 'x'", "agent_id = 'x'",
      "server_id = 'x'", "server_ids = '{a,b}'", "token_id = NULL", "target_id = 'x'", "target_kind = 'role'", "tool = ''", "ip = '192.0.2.99'",
      "request_id = 'x'", "trace_id = 'x'", "session_id = 'x'", "id = gen_random_uuid()", "occurred_at = occurred_at + interval '1 us'",
    ].map((set) => [`a column (${set})`, `UPDATE audit_entry SET ${set} WHERE idx = $`, "its columns do not match its body"]),
  ] as [string, string, string][])("signs nothing over %s, names it, and goes on once it is mended", async (_what, change, fault) => {
    const size = await signLog();
    await fillLog(12);
    const bad = size + 7;
    await tamper("DROP TABLE IF EXISTS kept", `CREATE TABLE kept AS SELECT * FROM audit_entry WHERE idx = ${bad}`);
    await tamper(change.replace("$", String(bad)));
    await expect(signLog()).rejects.toThrow(`entry ${bad}: ${fault}`);
    expect((await newest()).size).toBe(size);
    await tamper(`DELETE FROM audit_entry WHERE idx = ${bad}`, "INSERT INTO audit_entry SELECT * FROM kept", "DROP TABLE kept");
    expect(await signLog()).toBe(size + 12);
  }); // prettier-ignore

  it("signs nothing where the end of the log was cut off, whether the counter says so or not", async () => {
    const size = await signLog();
    await fillLog(5);
    await tamper(`DELETE FROM audit_entry WHERE idx >= ${size + 3}`);
    await expect(signLog()).rejects.toThrow(`entry ${size + 3}: it is missing`);
    await tamper(`UPDATE audit_head SET next = ${size - 2}`);
    await expect(signLog()).rejects.toThrow(`entry ${size - 2}: it was signed, and the log ends before it`);
    await tamper(`UPDATE audit_head SET next = ${size + 3}`);
    expect(await signLog()).toBe(size + 3);
  });

  it("goes on from no tree but the one that was signed: neither with another tile, nor with another checkpoint", async () => {
    await fillLog(300);
    const size = await signLog();
    await fillLog(3);
    await tamper("UPDATE audit_tile SET root = sha256(root) WHERE level = 0 AND index = 1");
    await expect(signLog()).rejects.toThrow("is not what was signed");
    await tamper(
      "UPDATE audit_tile SET root = sha256('') WHERE false",
      "CREATE TABLE tile AS SELECT * FROM audit_tile",
    );
    await tamper("DELETE FROM audit_tile WHERE level = 0 AND index = 1");
    await expect(signLog()).rejects.toThrow("its part of the tree is gone");
    await tamper("INSERT INTO audit_tile SELECT * FROM tile WHERE level = 0 AND index = 1", "DROP TABLE tile");
    await expect(signLog()).rejects.toThrow("is not what was signed");
    expect((await newest()).size).toBe(size);
  });
});

describe("the database", () => {
  it("takes no checkpoint of a tree that is not larger, and changes or removes neither tile, checkpoint nor key", async () => {
    const { size, note } = await newest();
    await expect(writeCheckpoint(pool(), { size, note })).rejects.toThrow("is not larger");
    for (const table of ["audit_tile", "audit_checkpoint", "audit_signer"]) {
      await expect(pool().query(`DELETE FROM ${table}`)).rejects.toThrow("append-only");
      await expect(pool().query(`TRUNCATE ${table}`)).rejects.toThrow("append-only");
    }
    await expect(pool().query("UPDATE audit_tile SET level = 1")).rejects.toThrow("append-only");
    await expect(pool().query("UPDATE audit_checkpoint SET note = ''")).rejects.toThrow("append-only");
    await expect(pool().query("UPDATE audit_signer SET origin = 'x'")).rejects.toThrow("keeps its identity");
    await expect(withClient((client) => writeCheckpoint(client, { size: size + 1, note }))).rejects.toThrow("its size");
  });
});
