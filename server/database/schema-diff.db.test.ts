import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { schemaDiff } from "./schema-diff";

useTestDatabase();

const diff = () => schemaDiff(process.env.DATABASE_URL ?? "");
const FOREIGN_KEY = `"agent_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "person" ("id") ON UPDATE CASCADE`;

describe("prisma/schema.prisma", () => {
  it("says exactly what the migrations make", async () => {
    expect(await diff()).toBe("");
  });

  it.each([
    ["a table", `CREATE TABLE "left_over" ("id" text PRIMARY KEY)`, `DROP TABLE "left_over"`],
    ["a column", `ALTER TABLE "role" ADD "colour" text`, `ALTER TABLE "role" DROP "colour"`],
    [
      "a column's type",
      `ALTER TABLE "change" ALTER "subject_kind" TYPE varchar(10)`,
      `ALTER TABLE "change" ALTER "subject_kind" TYPE text`,
    ],
    ["NOT NULL", `ALTER TABLE "scope" ALTER "access" DROP NOT NULL`, `ALTER TABLE "scope" ALTER "access" SET NOT NULL`],
    [
      "a default",
      `ALTER TABLE "agent" ALTER "builtin" SET DEFAULT true`,
      `ALTER TABLE "agent" ALTER "builtin" SET DEFAULT false`,
    ],
    [
      "an enumeration",
      `ALTER TYPE "Access" RENAME VALUE 'admin' TO 'root'`,
      `ALTER TYPE "Access" RENAME VALUE 'root' TO 'admin'`,
    ],
    ["an index", `DROP INDEX "token_role_id_idx"`, `CREATE INDEX "token_role_id_idx" ON "token" ("role_id")`],
    [
      "a unique index",
      `DROP INDEX "session_person_id_created_at_idx"; CREATE UNIQUE INDEX "session_person_id_created_at_idx" ON "session" ("person_id", "created_at")`,
      `DROP INDEX "session_person_id_created_at_idx"; CREATE INDEX "session_person_id_created_at_idx" ON "session" ("person_id", "created_at")`,
    ],
    [
      "a foreign key's rule",
      `ALTER TABLE "agent" DROP CONSTRAINT "agent_owner_id_fkey", ADD CONSTRAINT ${FOREIGN_KEY} ON DELETE CASCADE`,
      `ALTER TABLE "agent" DROP CONSTRAINT "agent_owner_id_fkey", ADD CONSTRAINT ${FOREIGN_KEY} ON DELETE RESTRICT`,
    ],
  ])("is told from a database that differs in %s", async (_what, change, undo) => {
    for (const sql of change.split("; ")) await db().$executeRawUnsafe(sql);
    expect(await diff()).not.toBe("");
    for (const sql of undo.split("; ")) await db().$executeRawUnsafe(sql);
    expect(await diff()).toBe("");
  });
});
