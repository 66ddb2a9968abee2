import argon2 from "argon2";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { anonymousCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { signInWithPassword } from "./sign-in";

useTestDatabase();

it("signing in replaces a hash that was made with weaker parameters", async () => {
  const person = await makePerson();
  const password = "correct horse battery";
  const weak = await argon2.hash(password, { memoryCost: 8192, timeCost: 2, parallelism: 1, type: argon2.argon2id });
  await db().person.update({ where: { id: person.id }, data: { passwordHash: weak } });
  const signIn = () => signInWithPassword(anonymousCtx(), { email: person.email, password });
  await signIn();
  const after = await db().person.findUniqueOrThrow({ where: { id: person.id } });
  expect(after.passwordHash).toContain("m=19456,");
  await expect(signIn()).resolves.toBeTruthy();
});
