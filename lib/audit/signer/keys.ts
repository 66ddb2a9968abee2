import "server-only";
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { isSealedAnew, open, seal } from "@/lib/crypto/seal";
import type { Database } from "../tree/store";
import { noteKeyId, type SignerKey, type VerifierKey } from "../tree/note";

/** A key of the log, with the part of the log that it signed. */
export type LogKey = VerifierKey & {
  /** The entry that announced it. */
  entryId: string;
  /** The sizes of the first and the last tree that it signed; null where those are still to come. */
  fromSize: number | null;
  untilSize: number | null;
};

type Row = { key_id: string; origin: string; public_key: Buffer; entry_id: string; from_size: string | null; until_size: string | null }; // prettier-ignore

const numberOrNull = (value: string | null) => (value === null ? null : Number(value));

/** Every key that the log was ever signed with, and the one that waits, oldest first. */
export async function readLogKeys(database: Database): Promise<LogKey[]> {
  const { rows } = await database.query<Row>(
    "SELECT key_id, origin, public_key, entry_id, from_size, until_size FROM audit_signer ORDER BY from_size NULLS LAST",
  );
  return rows.map((row) => ({
    name: row.origin,
    id: row.key_id,
    publicKey: row.public_key,
    entryId: row.entry_id,
    fromSize: numberOrNull(row.from_size),
    untilSize: numberOrNull(row.until_size),
  }));
}

const sealedFor = (keyId: string): string => `audit-signer:${keyId}`;

/** A new Ed25519 key (RFC 8032) for a log, and its private part sealed. */
export function makeLogKey(origin: string): { id: string; publicKey: Buffer<ArrayBuffer>; sealed: Buffer } {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { x = "", d = "" } = privateKey.export({ format: "jwk" });
  const publicKey = Buffer.from(x, "base64url");
  const id = noteKeyId(origin, publicKey);
  return { id, publicKey, sealed: seal(d, sealedFor(id)) };
}

/** Opens the private part of a key that may still sign. Throws where it cannot be opened. */
export async function readSigner(database: Database, key: LogKey): Promise<SignerKey> {
  const { rows } = await database.query<{ sealed: Buffer | null }>(
    "SELECT sealed_private AS sealed FROM audit_signer WHERE key_id = $1",
    [key.id],
  );
  const sealed = rows[0]?.sealed;
  const d = sealed ? open(sealed, sealedFor(key.id)) : null;
  if (!sealed || d === null)
    throw new Error(`the audit log's key ${key.id} cannot be opened: was GATEHOUSE_SECRET changed?`);
  if (!isSealedAnew(sealed))
    await database.query("UPDATE audit_signer SET sealed_private = $2 WHERE key_id = $1", [
      key.id,
      seal(d, sealedFor(key.id)),
    ]);
  return { ...key, privateKey: privateKeyOf(key, d) };
}

function privateKeyOf({ publicKey }: VerifierKey, d: string): KeyObject {
  return createPrivateKey({
    key: { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url"), d },
    format: "jwk",
  });
}
