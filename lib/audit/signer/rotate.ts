import "server-only";
import { randomBytes } from "node:crypto";
import { nowDate } from "@/lib/ctx";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { uuidV7 } from "@/lib/id";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { verifierKeyText, type VerifierKey } from "../tree/note";
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
): Promise<AnnouncedKey | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('gatehouse.audit_signer'))`;
  const unfinished = await tx.auditSigner.findMany({ where: { untilSize: null } });
  if (action === "audit_key.create" && unfinished.length > 0) return null;
  if (unfinished.some(({ fromSize }) => fromSize === null)) throw new GatehouseError("audit_key_waits");
  const [active] = unfinished;
  const origin = active?.origin ?? newOrigin();
  const { id: keyId, publicKey, sealed } = makeLogKey(origin);
  const entryId = uuidV7();
  await tx.auditSigner.create({
    data: { keyId, origin, publicKey, sealedPrivate: new Uint8Array(sealed), entryId, createdAt: nowDate(ctx) },
  });
  const keyText = (key: VerifierKey) => verifierKeyText(key);
  const verifierKey = keyText({ name: origin, id: keyId, publicKey });
  const predecessor = active && keyText({ name: origin, id: active.keyId, publicKey: Buffer.from(active.publicKey) });
  record({
    id: entryId,
    action,
    outcome: "success",
    target: { kind: "audit_key", id: keyId },
    details: { verifierKey, predecessor: predecessor ?? null, predecessorId: active?.keyId ?? null },
  });
  return { keyId, verifierKey, predecessor: predecessor ?? null };
}

/** Makes the log's first key, where it has none; null where it has one. */
export const createAuditKey = defineVerb({ action: "audit_key.create", permission: "policy.write" }, (scope, _: void) =>
  announce(scope, "audit_key.create"),
);

/** Has the log signed with a new key from now on. Errors: `audit_key_waits`, while the last new key has not signed yet. */
export const rotateAuditKey = defineVerb(
  { action: "audit_key.rotate", permission: "policy.write", recentAuthentication: true },
  async (scope, _: void): Promise<AnnouncedKey> => {
    const announced = await announce(scope, "audit_key.rotate");
    if (!announced) throw new Error("a key was not made");
    return announced;
  },
);
