import "server-only";
import { randomBytes } from "node:crypto";
import { mac, macCandidates } from "@/lib/crypto/keys";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";

/** How many are given at once. */
export const RECOVERY_CODES = 10;
/** Crockford's alphabet: no letter that is taken for a digit. Twelve of them hold 60 bits. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CHARS = 12;
const GROUP = 4;

/** What a person types may have other cases, hyphens and look-alikes. */
function normalised(text: string): string {
  return text.toLowerCase().replace(/[\s-]/g, "").replaceAll("o", "0").replace(/[il]/g, "1");
}

const subjectOf = (personId: string, code: string): string => `${personId}:${normalised(code)}`;

function newCode(): string {
  const chars = [...randomBytes(CHARS)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
  return (chars.match(new RegExp(`.{${GROUP}}`, "g")) ?? []).join("-");
}

/** True where a text has the form of a recovery code, and not of an app's. */
export const looksLikeRecoveryCode = (text: string): boolean => normalised(text).length === CHARS;

/** Makes new recovery codes in place of a person's old ones. They are told this once; only keyed hashes are kept. */
export async function renewCodes(ctx: Ctx, tx: Tx, personId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newCode);
  await tx.recoveryCode.deleteMany({ where: { personId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({
      hash: new Uint8Array(mac("recovery-code", subjectOf(personId, code))),
      personId,
      createdAt: nowDate(ctx),
    })),
  });
  return codes;
}

/** How many codes a person has left. */
export const codesLeft = (tx: Tx, personId: string): Promise<number> =>
  tx.recoveryCode.count({ where: { personId, usedAt: null } });

/** Uses a code up: of any number of tries at once, one finds it. False where it is none of theirs, or was used. */
export async function takeRecoveryCode(ctx: Ctx, tx: Tx, personId: string, code: string): Promise<boolean> {
  const hashes = macCandidates("recovery-code", subjectOf(personId, code));
  const taken = await tx.$executeRaw`
    UPDATE recovery_code SET used_at = ${nowDate(ctx)}
    WHERE hash = ANY(${hashes}::bytea[]) AND person_id = ${personId} AND used_at IS NULL`;
  return taken > 0;
}
