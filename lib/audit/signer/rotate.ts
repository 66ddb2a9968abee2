import "server-only";
import { randomBytes } from "node:crypto";
import { nowDate, type Ctx } from "@/lib/ctx";
import { pool, type Tx } from "@/lib/db";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { uuidV7 } from "@/lib/id";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { verifierKeyText } from "../tree/note";
import type { Database } from "../tree/store";
import { makeLogKey } from "./keys";

/** A key that the log will be signed with, as auditors keep it, and the one before it. */
export type AnnouncedKey = { keyId: string; verifierKey: string; predecessor: string | null };

/** A log's name for good, in its keys and checkpoints: one that was made anew at the same address is another log. */
function newOrigin(): string {
  return `${new URL(env().GATEHOUSE_URL).host}/audit/${randomBytes(4).toString("hex")}`;
}

/**
 * Makes the next key. The entry that is written here names both; the checkpoint that first covers it is signed with both, and
 * from then on the new one signs alone, and the old one's private part is gone.
 */
async function announce(
  { tx, ctx, record }: VerbScope,
  action: "audit_key.create" | "audit_key.rotate",
  active: { origin: string; keyId: string; publicKey: Uint8Array } | null,
): Promise<AnnouncedKey> {
  const origin = active?.origin ?? newOrigin();
  const { id: keyId, publicKey, sealed } = makeLogKey(origin);
  const entryId = uuidV7();
  await tx.auditSigner.create({
    data: { keyId, origin, publicKey, sealedPrivate: new Uint8Array(sealed), entryId, createdAt: nowDate(ctx) },
  });
  const verifierKey = verifierKeyText({ name: origin, id: keyId, publicKey });
  const predecessor =
    active && verifierKeyText({ name: origin, id: active.keyId, publicKey: Buffer.from(active.publicKey) });
  record({
    id: entryId,
    action,
    outcome: "success",
    target: { kind: "audit_key", id: keyId },
    details: { verifierKey, predecessor },
  });
  return { keyId, verifierKey, predecessor };
}

/** The keys that may still sign. Whoever changes them takes turns. */
async function openKeys(tx: Tx) {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('gatehouse.audit_signer'))`;
  return tx.auditSigner.findMany({ where: { untilSize: null } });
}

/** Makes the log's first key. Errors: `write_conflict` where it has one. */
export const createAuditKey = defineVerb(
  { action: "audit_key.create", permission: "policy.write" },
  async (scope, _input: void): Promise<AnnouncedKey> => {
    if ((await openKeys(scope.tx)).length > 0) throw new GatehouseError("write_conflict");
    return announce(scope, "audit_key.create", null);
  },
);

/**
 * Makes the log's first key where it has none.
 * @param database what is asked: a process that has just started signs before anything else of it is ready
 */
export async function ensureAuditKey(ctx: Ctx, database: Database = pool()): Promise<void> {
  const { rows } = await database.query("SELECT FROM audit_signer LIMIT 1");
  if (rows.length === 0) await createAuditKey(ctx);
}

/** Has the log signed with a new key from now on. Errors: `audit_key_waits`, while the newest key has not signed yet. */
export const rotateAuditKey = defineVerb(
  { action: "audit_key.rotate", permission: "policy.write", recentAuthentication: true },
  async (scope, _input: void): Promise<AnnouncedKey> => {
    const open = await openKeys(scope.tx);
    const [active] = open.filter(({ fromSize }) => fromSize !== null);
    if (!active || open.length > 1) throw new GatehouseError("audit_key_waits");
    return announce(scope, "audit_key.rotate", active);
  },
);
