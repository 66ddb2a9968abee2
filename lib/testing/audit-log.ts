import pg from "pg";
import { Integrator } from "@/lib/audit/integrate";
import type { EntryDraft } from "@/lib/audit/entry";
import { ensureAuditKey } from "@/lib/audit/signer/rotate";
import { recordAlone } from "@/lib/verb";
import { anonymousCtx, personCtx, systemCtx } from "./ctx";

/** A fact of many kinds, so that every column is used by some entry. */
function draftOf(nth: number): EntryDraft {
  const servers = [
    { id: `srv_${nth}`, name: "Tickets" },
    { id: `srv_other_${nth}`, name: "Größe, \"quoted\"" }, // prettier-ignore
  ];
  return {
    action: nth % 3 === 0 ? "token.mint" : "token.validate",
    outcome: nth % 3 === 0 ? "success" : nth % 3 === 1 ? "allow" : "deny",
    reason: nth % 3 === 2 ? "insufficient_scope" : null,
    target: nth % 5 === 0 ? { kind: "session", id: `ses_${nth}` } : { kind: "token", id: `tok_${nth}`, name: `CI ${nth}` },
    ...(nth % 4 === 0 ? { servers } : { server: servers[0] }),
    person: nth % 2 === 0 ? { id: `per_${nth}` } : null,
    agent: nth % 7 === 0 ? { id: `agt_${nth}`, name: "Backfill" } : null,
    credential: { id: `tok_${nth}`, kind: "ro", masked: "gth_ro_…ab12", scopes: ["tickets:read"] },
    tool: nth % 2 === 1 ? "close_ticket" : null,
    clientIp: nth % 6 === 0 ? "203.0.113.7" : null,
    details: { nth, text: "ünïcode 日本 \u0001" },
  }; // prettier-ignore
}

/** Writes so many entries of all kinds to the log. */
export async function fillLog(count: number): Promise<void> {
  const contexts = [systemCtx(), anonymousCtx(), personCtx({ id: "per_1", consoleRole: "admin" })];
  const AT_ONCE = 500;
  for (let from = 0; from < count; from += AT_ONCE) {
    const ctx = contexts[(from / AT_ONCE) % contexts.length] ?? systemCtx();
    const drafts = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, nth) => draftOf(from + nth));
    await recordAlone(ctx, drafts);
  }
}

/** Runs with a connection of its own to the test's database. */
export async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the tree grow over all of the log, as the keeper does; returns its size. */
export async function signLog(integrator = new Integrator()): Promise<number> {
  await ensureAuditKey(systemCtx());
  return withClient(async (client) => {
    for (;;) {
      const { size, more } = await integrator.step(client);
      if (!more) return size;
    }
  });
}

/** Runs statements as a superuser for whom no trigger counts. */
export async function tamper(...statements: string[]): Promise<void> {
  await withClient(async (client) => {
    await client.query("SET session_replication_role = replica");
    for (const statement of statements) await client.query(statement);
  });
}
