import { describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeServer } from "@/lib/testing/make";
import { recordAlone } from "@/lib/verb";
import type { EntryDraft } from "../entry";
import { searchAuditSchema } from "../schema";
import { searchAudit } from "../search";
import { BadgeWatcher } from "./watch";

useTestDatabase();

const T0 = Date.parse("2026-03-01T00:00:00Z") / 1000;
const DAY = 86_400;
let nth = 0;
const newToken = () => ({ id: `tok_badge${++nth}`, kind: "static" });

/** A use of a token, in seconds after T0. */
const use = (at: number, token: { id: string; kind: string }, draft: Partial<EntryDraft> = {}) =>
  recordAlone(systemCtx({ nowSeconds: () => T0 + at }), [
    { action: "token.validate", outcome: "allow", reason: "ok", credential: token, clientIp: "192.0.2.1", ...draft },
  ]);

async function watch(watcher = new BadgeWatcher()): Promise<void> {
  const client = await pool().connect();
  try {
    while ((await watcher.step(client)).entries > 0);
  } finally {
    client.release();
  }
}

/** The badges of a token's entries, the oldest first. */
async function badgesOf(token: { id: string }): Promise<string[][]> {
  const { items } = await searchAudit(systemCtx(), searchAuditSchema.parse({ token: token.id, limit: 200 }));
  return items.reverse().map(({ badges }) => badges.map(({ kind, count }) => (count === null ? kind : `${kind} ${count}`)));
} // prettier-ignore

describe("badges", () => {
  it("tell an address that a token is first seen from, but not its very first one, nor one that is known", async () => {
    const token = newToken();
    await use(0, token);
    await use(1, token, { clientIp: "198.51.100.7" });
    await watch();
    await use(2, token);
    await use(3, token, { clientIp: "198.51.100.7" });
    await use(4, token, { clientIp: "203.0.113.9", outcome: "deny", reason: "expired" });
    await watch();
    expect(await badgesOf(token)).toEqual([[], ["new_address 1"], [], [], ["new_address 2"]]);
  });

  it("tell a token that wakes after thirty days, and not one that merely had a weekend", async () => {
    const token = newToken();
    for (const day of [0, 3, 36, 37]) await use(day * DAY, token);
    await watch();
    await use(90 * DAY, token, { outcome: "deny", reason: "expired" });
    await use(91 * DAY, token);
    await watch();
    expect(await badgesOf(token)).toEqual([[], [], ["woke 33"], [], [], ["woke 54"]]);
  });

  it("tell the use of what was revoked at once, before anybody has read the log for it", async () => {
    const token = newToken();
    await use(0, token, { outcome: "deny", reason: "revoked" });
    expect(await badgesOf(token)).toEqual([["revoked_use"]]);
  });

  it("tell a burst also where the watcher that saw its beginning was killed", async () => {
    const token = newToken();
    for (let i = 0; i < 6; i++) await use(i, token, { outcome: "deny", reason: "rate_limited" });
    await watch();
    for (let i = 6; i < 12; i++) await use(i, token, { outcome: "deny", reason: "rate_limited" });
    await watch(new BadgeWatcher());
    expect((await badgesOf(token)).flat()).toEqual(["denial_burst 10"]);
    expect((await badgesOf(token))[9]).toEqual(["denial_burst 10"]);
  });

  it("are given once, also where two watchers read at the same time, and one that failed reads again", async () => {
    const token = newToken();
    await watch();
    for (let i = 0; i < 40; i++) await use(i, token, { clientIp: `198.51.100.${i}` });
    const broken = new BadgeWatcher();
    await pool().query("ALTER TABLE audit_badge ADD CONSTRAINT no_more CHECK (false) NOT VALID");
    await expect(watch(broken)).rejects.toThrow("no_more");
    await pool().query("ALTER TABLE audit_badge DROP CONSTRAINT no_more");
    await Promise.all([watch(broken), watch(), watch()]);
    const badges = await badgesOf(token);
    expect(badges).toEqual([[], ...Array.from({ length: 39 }, (_, i) => [`new_address ${i + 1}`])]);
  });

  it("tell of a person who signs in from elsewhere, and not of the server that asks about tokens", async () => {
    const person = await makePerson();
    const server = await makeServer();
    for (const [i, ip] of ["192.0.2.1", "198.51.100.200"].entries()) {
      const ctx = personCtx(person, { source: { ip, userAgent: null }, nowSeconds: () => T0 + i });
      await recordAlone(ctx, [{ action: "role.create", outcome: "success", server: { id: server.id } }]);
    }
    await watch();
    const { items } = await searchAudit(systemCtx(), searchAuditSchema.parse({ actor: person.id }));
    expect(items.map(({ badges }) => badges)).toEqual([[{ kind: "new_address", count: 1 }], []]);
  });
});
