import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { reapOAuth } from "@/lib/oauth/reap";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { closeRuntime } from "./runtime";
import { useProof, type UsedProof } from "./use-proof";

useTestDatabase();
afterAll(closeRuntime);

const now = () => Date.now() / 1000;
const newProof = () => ({ thumbprint: "a key", jti: randomUUID() });
const use = (proof: ReturnType<typeof newProof>) => useProof(proof, now());
/** The same with the memory of another process, which has seen nothing yet. */
async function useElsewhere(proof: ReturnType<typeof newProof>) {
  await closeRuntime();
  return use(proof);
}
const counted = (used: Awaited<ReturnType<typeof useProof>>): used is UsedProof => typeof used !== "string";

/** What `act` comes to while the table of used proofs is away. */
async function withoutTable<T>(act: () => Promise<T>): Promise<T> {
  await db().$executeRaw`ALTER TABLE dpop_proof RENAME TO dpop_proof_away`;
  try {
    return await act();
  } finally {
    await db().$executeRaw`ALTER TABLE dpop_proof_away RENAME TO dpop_proof`;
  }
}

describe("useProof", () => {
  it("lets a proof count once, whichever process it comes to", async () => {
    const proof = newProof();
    expect(counted(await use(proof))).toBe(true);
    expect(await use(proof)).toBe("seen_before");
    expect(await useElsewhere(proof)).toBe("seen_before");
    expect(counted(await useElsewhere({ ...proof, thumbprint: "another key" }))).toBe(true);
  });

  it("lets exactly one of many uses at once count, each with a memory that has seen nothing", async () => {
    const proof = newProof();
    const used = await Promise.all(Array.from({ length: 30 }, () => useElsewhere(proof)));
    expect(used.filter(counted)).toHaveLength(1);
  });

  it("lets a proof that was given back count once more, and only once", async () => {
    const proof = newProof();
    const used = await use(proof);
    if (!counted(used)) throw new Error(used);
    await used.giveBack();
    expect(counted(await useElsewhere(proof))).toBe(true);
    expect(await use(proof)).toBe("seen_before");
  });

  it("lets no proof count that it cannot remember, whether it was used before or not", async () => {
    const [used, fresh] = [newProof(), newProof()];
    await use(used);
    await closeRuntime();
    for (const proof of [used, fresh]) await expect(withoutTable(() => use(proof))).rejects.toThrow(/dpop_proof/);
    expect(await use(used)).toBe("seen_before");
    expect(counted(await use(fresh))).toBe(true);
  });

  it("lets no proof count while another use of it has not ended", async () => {
    const proof = newProof();
    const other = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await other.connect();
    try {
      await other.query("BEGIN");
      await other.query("LOCK TABLE dpop_proof IN ACCESS EXCLUSIVE MODE");
      await expect(use(proof)).rejects.toThrow("Query read timeout");
    } finally {
      await other.query("ROLLBACK");
      await other.end();
    }
  });

  it("keeps what was used through a crash, and longer than any process could take it", async () => {
    const [table] = await db().$queryRaw<{ kind: string }[]>`
      SELECT relpersistence::text AS kind FROM pg_class WHERE oid = 'dpop_proof'::regclass`;
    expect(table?.kind).toBe("p");
    await db().$executeRaw`TRUNCATE dpop_proof`;
    const proof = newProof();
    await use(proof);
    const later = (seconds: number) => systemCtx({ nowSeconds: () => now() + seconds });
    await reapOAuth(later(590), undefined);
    expect(await useElsewhere(proof)).toBe("seen_before");
    await reapOAuth(later(610), undefined);
    expect(await db().$queryRaw`SELECT * FROM dpop_proof`).toEqual([]);
  });
});
