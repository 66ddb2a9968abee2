import argon2 from "argon2";
import { describe, expect, it } from "vitest";
import { hashPassword, isOutdated, verifyPassword } from "./password";

describe("a stored password", () => {
  it("is argon2id at the documented cost, salted", async () => {
    const [one, two] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,(?:p=1,t=2|t=2,p=1)\$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(one, "correct horse")).toBe(true);
    expect(await verifyPassword(one, "correct horsE")).toBe(false);
    expect(isOutdated(one)).toBe(false);
  });

  it("is outdated where it was made with less", async () => {
    const weak = await argon2.hash("correct horse", { memoryCost: 8192, timeCost: 2, parallelism: 1 });
    expect(isOutdated(weak)).toBe(true);
    expect(await verifyPassword(weak, "correct horse")).toBe(true);
  });

  it("does not depend on how a keyboard composes a letter", async () => {
    expect(await verifyPassword(await hashPassword("Zürich\u00e9"), "Zu\u0308riche\u0301")).toBe(true);
  });

  it("is never right where there is none, whatever is tried", async () => {
    expect(await verifyPassword(null, "")).toBe(false);
    expect(await verifyPassword(null, "correct horse")).toBe(false);
  });
});
