import "server-only";
import { createHash } from "node:crypto";
import { z } from "zod";
import { pool } from "@/lib/db";
import { defineRead } from "@/lib/verb";
import { READ_AUDIT } from "./search";

const BATCH = 5000;

/** What is wrong with the first bad entry. */
export type AuditFault = "it is missing" | "its hash does not match its body" | "its columns do not match its body";

/** What a check of the whole log found. `entries` counts those that are good, up to the first bad one. */
export type AuditVerification = { ok: boolean; entries: number; firstBad: { index: number; fault: AuditFault } | null };

type Row = { idx: string; id: string; action: string; outcome: string; body: string; leaf: Buffer };

const SELECT = `SELECT idx, id, action, outcome, body, leaf FROM audit_entry WHERE idx >= $1 ORDER BY idx LIMIT ${BATCH}`;
const bodySchema = z.object({ id: z.string(), action: z.string(), outcome: z.string() });

/**
 * Reads the whole log as far as it goes at the start: every index from 0 must be there, every leaf hash must be that of
 * its body (RFC 6962 §2.1), and the columns that searches use must say what the body says. Whoever can rewrite the
 * database can also rewrite hashes: this finds damage and clumsy edits; a proof needs an anchor outside.
 */
export const verifyAudit = defineRead(READ_AUDIT, async (): Promise<AuditVerification> => {
  const head = await pool().query<{ next: string }>("SELECT next FROM audit_head WHERE id = 1");
  const end = Number(head.rows[0]?.next ?? 0);
  let expected = 0;
  for (;;) {
    const { rows } = await pool().query<Row>(SELECT, [expected]);
    for (const row of rows) {
      const index = Number(row.idx);
      // Later entries may have come meanwhile; only those that follow on are as they should be.
      const fault = index !== expected ? "it is missing" : faultOf(row);
      if (fault !== null) return { ok: false, entries: expected, firstBad: { index: expected, fault } };
      expected += 1;
    }
    if (rows.length < BATCH) return conclude(expected, end);
  }
});

function conclude(entries: number, end: number): AuditVerification {
  if (entries >= end) return { ok: true, entries, firstBad: null };
  return { ok: false, entries, firstBad: { index: entries, fault: "it is missing" } };
}

function faultOf(row: Row): AuditFault | null {
  const leaf = createHash("sha256").update("\0").update(row.body, "utf8").digest();
  if (!leaf.equals(row.leaf)) return "its hash does not match its body";
  const said = bodySchema.safeParse(parsed(row.body)).data;
  const same = said?.id === row.id && said.action === row.action && said.outcome === row.outcome;
  return same ? null : "its columns do not match its body";
}

/** The body as JSON; null where it is none, which a matching hash does not rule out. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
