import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { TILE_WIDTH } from "@/lib/audit/tree/builder";
import { pool } from "@/lib/db";
import { call, makeAdminToken } from "@/lib/testing/admin-api";
import { fillLog, signLog, tamper } from "@/lib/testing/audit-log";
import { useTestDatabase } from "@/lib/testing/database";
import * as proof from "./audit/[id]/proof/route";
import * as checkpoint from "./audit/checkpoint/route";
import * as consistency from "./audit/consistency/route";
import * as tile from "./audit/tile/[level]/[...index]/route";

useTestDatabase();

let token: string;
let size: number;
beforeAll(async () => {
  ({ token } = await makeAdminToken({ scopes: ["audit:read"] }));
  expect(await call(checkpoint, "GET", { token })).toMatchObject({ status: 404, json: { code: "checkpoint_not_found" } });
  await fillLog(600);
  size = await signLog();
}); // prettier-ignore

const proofOf = (id: string, query = "") => call(proof, "GET", { token, params: { id }, query });
const tileAt = (level: string, index: string) => call(tile, "GET", { token, params: { level, index } });

describe("the log's proof by API", () => {
  it("is for those who may read the log", async () => {
    const { token: other } = await makeAdminToken({ scopes: ["servers:read"] });
    expect((await call(checkpoint, "GET", { token: other })).status).toBe(403);
    expect((await call(consistency, "GET", { token: other, query: `?from=${size}` })).status).toBe(403);
    expect((await call(proof, "GET", { token: other, params: { id: "1" } })).status).toBe(403);
    expect((await call(tile, "GET", { token: other, params: { level: "0", index: "000" } })).status).toBe(403);
  });

  it("tells whether an entry is proved, waits, or is not what was signed", async () => {
    expect((await proofOf("7")).json).toMatchObject({ index: 7, state: "proved", checkpoint: { size } });
    const { rows } = await pool().query<{ id: string }>("SELECT id FROM audit_entry WHERE idx = 7");
    expect((await proofOf(rows[0]?.id ?? "")).json).toMatchObject({ index: 7, state: "proved" });
    await fillLog(1);
    expect((await proofOf(String(size))).json).toMatchObject({ state: "waiting", checkpoint: null, proof: null });
    await tamper("UPDATE audit_entry SET body = body || ' ' WHERE idx = 7");
    expect((await proofOf("7")).json).toMatchObject({ state: "fault", fault: expect.stringContaining("not what was signed") });
    await tamper("UPDATE audit_entry SET body = left(body, -1) WHERE idx = 7");
    expect((await proofOf("7")).json).toMatchObject({ state: "proved" });
    expect(await proofOf("99999")).toMatchObject({ status: 404, json: { code: "entry_not_found" } });
    expect(await proofOf("7", "?size=3")).toMatchObject({ status: 404, json: { code: "checkpoint_not_found" } });
  }); // prettier-ignore

  it("gives tiles by their paths: whole ones, the beginning of others, and none that the tree does not have", async () => {
    const { rows } = await pool().query<{ leaf: Buffer }>("SELECT leaf FROM audit_entry ORDER BY idx LIMIT 256");
    const whole = await call(tile, "GET", { token, params: { level: "0", index: "000" } });
    expect(whole.headers.get("content-type")).toBe("application/octet-stream");
    expect(createHash("sha256").update(whole.text).digest("hex")).toBe(
      createHash("sha256")
        .update(Buffer.concat(rows.map(({ leaf }) => leaf)).toString())
        .digest("hex"),
    );
    const rest = size % TILE_WIDTH;
    for (const [level, index, status] of [
      ["0", `002.p/${rest}`, 200],
      ["0", "001.p/5", 200],
      ["1", "000.p/2", 200],
      ["0", "002", 404],
      ["0", `002.p/${rest + 1}`, 404],
      ["0", "003", 404],
      ["0", "0", 404],
      ["0", "x000/001", 404],
      ["0", "000.p/256", 404],
      ["2", "000", 404],
      ["64", "000", 404],
      ["x", "000", 404],
    ] as const)
      expect([level, index, (await tileAt(level, index)).status]).toEqual([level, index, status]);
  });

  it("says that the log is not as it was signed, rather than a proof that proves nothing", async () => {
    await fillLog(300);
    await signLog();
    await tamper("UPDATE audit_tile SET hashes = overlay(hashes placing sha256('x') from 33) WHERE level = 0 AND index = 0");
    const from = await call(consistency, "GET", { token, query: `?from=${size}` });
    expect(from).toMatchObject({ status: 200 }); // its proof needs nothing of that tile's inside
    expect((await proofOf("2")).json).toMatchObject({ state: "fault" });
    await tamper("DELETE FROM audit_tile WHERE level = 0 AND index = 1");
    expect(await call(consistency, "GET", { token, query: `?from=${size}` })).toMatchObject({ status: 500, json: { code: "log_fault" } });
    expect((await proofOf("300")).json).toMatchObject({ state: "fault" });
    expect(await call(consistency, "GET", { token, query: "?from=5" })).toMatchObject({ status: 404 });
    expect(await call(consistency, "GET", { token })).toMatchObject({ status: 422 });
  }); // prettier-ignore
});
