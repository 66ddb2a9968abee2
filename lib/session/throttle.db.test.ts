import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import type { ConsoleRole } from "@/lib/person/console-role";
import { anonymousCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { hashPassword } from "./password";
import { signInWithPassword } from "./sign-in";
import { THROTTLE, throttleAddress } from "./throttle";

// Counting is what is tested here, not the cost of a hash; `password.test.ts` holds that.
vi.mock("./password-cost", () => ({
  PASSWORD_COST: { memoryCost: 1024, timeCost: 2, parallelism: 1, hashLength: 32 },
}));
useTestDatabase();

const PASSWORD = "correct horse battery";
let passwordHash: string;
let address = 0;
beforeEach(async () => {
  passwordHash ??= await hashPassword(PASSWORD);
  address++;
});

const from = (ip = `192.0.2.${address}`, nowSeconds = () => Date.now() / 1000): Ctx =>
  anonymousCtx({ source: { ip, userAgent: "vitest" }, nowSeconds });

async function member(consoleRole: ConsoleRole = "member") {
  const person = await makePerson({ consoleRole });
  return db().person.update({ where: { id: person.id }, data: { passwordHash } });
}
const signIn = (email: string, password = PASSWORD, ctx = from()) => signInWithPassword(ctx, { email, password });

describe("throttling", () => {
  it("stops guessing after five attempts, even with the right password, and says how long", async () => {
    const person = await member();
    for (let i = 0; i < THROTTLE.perPair; i++) await signIn(person.email, "wrong").catch(() => null);
    const { error, entries } = await observe(() => signIn(person.email));
    expect(error).toMatchObject({ code: "too_many_attempts" });
    expect((error as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(0);
    expect(entries).toMatchObject([{ action: "session.sign_in", outcome: "denied", reason: "throttled" }]);
  });

  it("treats unknown accounts alike", async () => {
    for (let i = 0; i < THROTTLE.perPair; i++) await signIn("ghost@example.com", "wrong").catch(() => null);
    await expect(signIn("ghost@example.com")).rejects.toMatchObject({ code: "too_many_attempts" });
  });

  it("lets no more than five of twenty simultaneous guesses be looked at", async () => {
    const person = await member();
    const settled = await Promise.allSettled(Array.from({ length: 20 }, () => signIn(person.email, "wrong")));
    const codes = settled.map((one) => (one.status === "rejected" ? (one.reason as { code: string }).code : "ok"));
    expect(codes.filter((code) => code === "unauthenticated")).toHaveLength(THROTTLE.perPair);
  });

  it("never locks the owner out from another address, however many attack", async () => {
    const owner = await member("owner");
    for (let i = 0; i < 6; i++)
      for (let tries = 0; tries < THROTTLE.perPair; tries++)
        await signIn(owner.email, "wrong", from(`198.51.100.${i}`)).catch(() => null);
    await expect(signIn(owner.email, PASSWORD, from("203.0.113.9"))).resolves.toBeTruthy();
    // … while each further attacking address has fewer attempts than before the siege.
    const codes = [];
    for (let i = 0; i < 3; i++)
      codes.push(
        await signIn(owner.email, "wrong", from("198.51.100.200")).catch((e: unknown) => (e as { code: string }).code),
      );
    expect(codes).toEqual(["unauthenticated", "unauthenticated", "too_many_attempts"]);
  });

  it("stops an address that tries many accounts", async () => {
    const ctx = from("198.51.100.77");
    for (let i = 0; i < THROTTLE.perAddress; i++) await signIn(`many-${i}@example.com`, "x", ctx).catch(() => null);
    await expect(signIn("one-more@example.com", "x", ctx)).rejects.toMatchObject({ code: "too_many_attempts" });
  });

  it("forgets when the window has passed", async () => {
    const person = await member();
    const at = (seconds: number) => from("198.51.100.78", () => seconds);
    const start = Date.now() / 1000;
    for (let i = 0; i < 6; i++) await signIn(person.email, "wrong", at(start)).catch(() => null);
    await expect(signIn(person.email, PASSWORD, at(start + THROTTLE.windowSeconds + 1))).resolves.toBeTruthy();
  });

  it("counts an IPv6 address by its /64, and a mapped IPv4 address as itself", () => {
    expect(throttleAddress("2001:db8:1:2:3::1")).toBe(throttleAddress("2001:db8:1:2:ffff::9"));
    expect(throttleAddress("2001:db8:1:3::1")).not.toBe(throttleAddress("2001:db8:1:2::1"));
    expect(throttleAddress("::ffff:192.0.2.1")).toBe("192.0.2.1");
  });
});
