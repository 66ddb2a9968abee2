import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { useTestDatabase } from "@/lib/testing/database";
import {
  CLAIM_SECONDS,
  isFinal,
  KEEP_SECONDS,
  runOnce,
  type IdempotentRequest,
  type KeepAnswer,
  type KeptAnswer,
} from "./run-once";

useTestDatabase();

const NOW = 1_790_000_000;
let nth = 0;
const request = (more: Partial<IdempotentRequest> = {}): IdempotentRequest => ({
  key: `key-${nth++}`,
  actorId: "tok_a",
  method: "POST",
  path: "/api/v1/tokens",
  body: { name: "x", list: [1] },
  nowSeconds: NOW,
  ...more,
});
const answer = (body: string): KeptAnswer => ({ status: 201, headers: { "x-a": "b" }, body });

/** Work that counts how often it ran. */
function counted(body = "made") {
  const calls = { count: 0 };
  return { calls, work: () => Promise.resolve(answer(`${body} ${++calls.count}`)) };
}

describe("runOnce", () => {
  it("gives a repeat the first answer, whatever the order of its body's fields, and runs nothing", async () => {
    const { calls, work } = counted();
    const first = request({ body: { a: 1, b: 2 } });
    expect(await runOnce(first, work)).toEqual({ answer: answer("made 1"), replayed: false });
    expect(await runOnce({ ...first, body: { b: 2, a: 1 } }, work)).toEqual({
      answer: answer("made 1"),
      replayed: true,
    });
    expect(calls.count).toBe(1);
  });

  it("answers idempotency_key_reused to another body", async () => {
    const first = request();
    await runOnce(first, () => Promise.resolve(answer("x")));
    const other = { ...first, body: { name: "y" } };
    await expect(runOnce(other, counted().work)).rejects.toMatchObject({ code: "idempotency_key_reused" });
  });

  it.each([{ actorId: "tok_b" }, { path: "/api/v1/agents" }, { method: "PATCH" }])(
    "does not mix up a key with the same one under %j",
    async (difference) => {
      const { calls, work } = counted();
      const first = request();
      await runOnce(first, work);
      await runOnce({ ...first, ...difference }, work);
      expect(calls.count).toBe(2);
    },
  );

  it("lets exactly one of many at once run, and tells the others", async () => {
    let runs = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = async () => {
      runs++;
      await gate;
      return answer("once");
    };
    const first = request();
    const others = Array.from({ length: 8 }, () => runOnce(first, slow));
    const settling = Promise.allSettled(
      others.map((other) => other.catch((e: unknown) => (open(), Promise.reject(e)))),
    );
    const settled = await settling;
    expect(runs).toBe(1);
    const codes = settled.flatMap((one) => (one.status === "rejected" ? [(one.reason as GatehouseError).code] : []));
    expect(new Set(codes)).toEqual(new Set(["idempotency_in_progress"]));
  });

  it("keeps nothing of work that threw", async () => {
    const first = request();
    await expect(runOnce(first, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await runOnce(first, counted().work)).toMatchObject({ replayed: false });
  });

  it("frees the key of a crashed process after a while, not before", async () => {
    const first = request();
    void runOnce(first, () => new Promise(() => undefined)).catch(() => undefined);
    await expect.poll(() => db().idempotencyRecord.count({ where: { status: null } })).toBeGreaterThan(0);
    const later = (seconds: number) => ({ ...first, nowSeconds: NOW + seconds });
    await expect(runOnce(later(CLAIM_SECONDS - 1), counted().work)).rejects.toMatchObject({
      code: "idempotency_in_progress",
    });
    expect(await runOnce(later(CLAIM_SECONDS), counted().work)).toMatchObject({ replayed: false });
  });

  it("forgets an answer after its time, and removes its record", async () => {
    const first = request();
    await runOnce(first, counted().work);
    expect(await runOnce({ ...first, nowSeconds: NOW + KEEP_SECONDS - 1 }, counted().work)).toMatchObject({
      replayed: true,
    });
    await runOnce(request({ nowSeconds: NOW + 2 * KEEP_SECONDS }), counted().work);
    expect(
      await db().idempotencyRecord.count({ where: { expiresAt: { lte: new Date((NOW + KEEP_SECONDS) * 1000) } } }),
    ).toBe(0);
  });

  it("stores neither the key nor anything of the answer or the body in clear", async () => {
    const first = request({ key: "very-visible-key", body: { password: "very-visible-password" } });
    await runOnce(first, () => Promise.resolve(answer("very-visible-token")));
    const rows = await db().$queryRaw<{ text: string }[]>`
      SELECT encode(key_hash, 'escape') || encode(request_hash, 'escape') || coalesce(encode(sealed, 'escape'), '') AS text
      FROM idempotency_record`;
    expect(rows.map(({ text }) => text).join("\n")).not.toContain("very-visible");
  });

  it.each(["", "has space", "a".repeat(256), "ümlaut"])("refuses the key %j", async (key) => {
    await expect(runOnce(request({ key }), counted().work)).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("an answer that is kept together with the change", () => {
  const newRole = (first: IdempotentRequest) => {
    const id = newId("role");
    return { id, name: `Role ${id}`, description: first.key };
  };
  /** Makes a role and keeps the answer in one transaction; `after` runs between the commit and the end of the work. */
  const making =
    (first: IdempotentRequest, after: () => Promise<void> = () => Promise.resolve()) =>
    async (keep: KeepAnswer) => {
      const made = answer("made");
      await db().$transaction(async (tx) => {
        await tx.role.create({ data: newRole(first) });
        await keep(tx, made);
      });
      await after();
      return made;
    };
  const madeRoles = (first: IdempotentRequest) => db().role.count({ where: { description: first.key } });
  const never = () => new Promise<void>(() => undefined);

  it("survives a process that dies right after the commit: the repeat makes nothing, and gets the answer", async () => {
    const first = request();
    void runOnce(first, making(first, never));
    await expect.poll(() => madeRoles(first)).toBe(1);
    expect(await runOnce(first, making(first))).toEqual({ answer: answer("made"), replayed: true });
    expect(await madeRoles(first)).toBe(1);
  });

  it("is gone with a change that is rolled back, and the repeat makes it", async () => {
    const first = request();
    const failing = runOnce(first, async (keep) => {
      await db().$transaction(async (tx) => {
        await tx.role.create({ data: newRole(first) });
        await keep(tx, answer("made"));
        throw new Error("the connection broke");
      });
      return answer("never");
    });
    await expect(failing).rejects.toThrow("the connection broke");
    expect(await madeRoles(first)).toBe(0);
    expect(await runOnce(first, making(first))).toMatchObject({ replayed: false });
    expect(await madeRoles(first)).toBe(1);
  });

  it("is not the answer where it was rolled back and another was given in the end", async () => {
    const first = request();
    const refused: KeptAnswer = { status: 409, headers: {}, body: "taken" };
    await runOnce(first, async (keep) => {
      await db()
        .$transaction(async (tx) => {
          await keep(tx, answer("made"));
          throw new Error("a lost race");
        })
        .catch(() => undefined);
      return refused;
    });
    expect(await runOnce(first, counted().work)).toEqual({ answer: refused, replayed: true });
  });

  it("lets nothing be made under a key that a repeat has taken meanwhile", async () => {
    const first = request();
    const late = { ...first, nowSeconds: NOW + CLAIM_SECONDS };
    const slow = runOnce(first, async (keep) => {
      await runOnce(late, making(first));
      return making(first)(keep);
    });
    await expect(slow).rejects.toMatchObject({ code: "idempotency_in_progress" });
    expect(await madeRoles(first)).toBe(1);
    expect(await runOnce(late, making(first))).toMatchObject({ replayed: true });
  });
});

describe("isFinal", () => {
  it("keeps what is final about the request, and nothing that may pass", () => {
    expect(isFinal(new GatehouseError("name_taken"))).toBe(true);
    for (const code of ["unavailable", "internal", "forbidden", "write_conflict", "too_many_attempts"] as const)
      expect(isFinal(new GatehouseError(code))).toBe(false);
    expect(isFinal(new Error("x"))).toBe(false);
  });
});
