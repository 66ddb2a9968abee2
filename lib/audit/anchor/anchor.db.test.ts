import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, appendFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { fillLog, signLog, tamper } from "@/lib/testing/audit-log";
import { makeCertificate } from "@/lib/testing/certificate";
import { useTestDatabase } from "@/lib/testing/database";
import { Integrator } from "../integrate";
import { newestCheckpoint, type StoredCheckpoint } from "../tree/store";
import { anchorOf, notesOfFile } from "./anchor";

useTestDatabase();

const folder = mkdtempSync(join(tmpdir(), "gatehouse-anchor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function signed(more: number): Promise<StoredCheckpoint> {
  await fillLog(more);
  await signLog();
  const newest = await newestCheckpoint(pool());
  if (!newest) throw new Error("nothing was signed");
  return newest;
}

describe("an anchor", () => {
  it("that is a file gets a line for each checkpoint, for its owner alone, and survives a line that was cut off", async () => {
    const anchor = anchorOf(join(folder, "made", "log"));
    expect(await anchor.notes()).toEqual([]);
    const [one, two] = [await signed(3), await signed(4)];
    await anchor.keep(one);
    appendFileSync(anchor.place, '{"size":12,"no');
    await anchor.keep(two);
    expect(await anchor.notes()).toEqual([one.note, two.note]);
    expect(statSync(anchor.place).mode & 0o777).toBe(0o600);
    expect(notesOfFile(one.note)).toEqual([one.note]);
  });

  it("that is a folder gets a file for each, which is made once and never written again", async () => {
    const anchor = anchorOf(`${join(folder, "locked")}/`);
    const [one, two] = [await signed(3), await signed(4)];
    await anchor.keep(two);
    await anchor.keep(one);
    const names = readdirSync(anchor.place).sort();
    expect(names.length).toBe(2);
    writeFileSync(join(anchor.place, names[1] ?? ""), "kept");
    await anchor.keep(two);
    expect(readFileSync(join(anchor.place, names[1] ?? ""), "utf8")).toBe("kept");
    expect((await anchor.notes())[0]).toBe(one.note);
  });

  it("that is an address gets the note by POST, and fails where that is not taken", async () => {
    const bodies: string[] = [];
    let status = 503;
    const { cert, key } = makeCertificate(["localhost"]);
    const server = createServer({ cert, key }, (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        bodies.push(`${request.method} ${body}`);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const anchor = anchorOf(`https://localhost:${port}/anchor`, { ca: cert });
    const one = await signed(2);
    await expect(anchor.keep(one)).rejects.toThrow("answered 503");
    status = 204;
    await anchor.keep(one);
    expect(bodies).toEqual([`POST ${one.note}`, `POST ${one.note}`]);
    server.close();
  });
});

describe("the integrator", () => {
  it("signs nothing that does not go on from what an anchor remembers, though the database agrees with itself", async () => {
    const anchor = anchorOf(join(folder, "compare"));
    const early = await signed(300);
    await anchor.keep(early);
    await signed(10);
    // Everything after the anchor, as if it had never been: the checkpoint, the tiles, the entries, the counter.
    await tamper("CREATE TABLE all_checkpoints AS SELECT * FROM audit_checkpoint");
    await tamper(`DELETE FROM audit_checkpoint WHERE size >= ${early.size - 5}`, "DELETE FROM audit_tile");
    await tamper(`DELETE FROM audit_entry WHERE idx >= ${early.size - 5}`, `UPDATE audit_head SET next = ${early.size - 5}`);
    const goOn = () => signLog(new Integrator([anchor]));
    await expect(goOn()).rejects.toThrow(`it is missing: the anchor remembers ${early.size} entries`);
    await fillLog(20); // a new history, as long as the old one
    await signLog();
    await expect(goOn()).rejects.toThrow("history was rewritten");
    // Who has no key of this log cannot help: the anchor is not believed either.
    writeFileSync(anchor.place, JSON.stringify({ note: early.note.replace("\u2014 ", "\u2014 x") }));
    await expect(goOn()).rejects.toThrow("no key of this log signed");
  }); // prettier-ignore
});
