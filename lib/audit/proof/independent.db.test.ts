import { createPublicKey } from "node:crypto";
import { verifyCheckpoint } from "@sigstore/verify/dist/tlog/checkpoint.js";
import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle.js";
import { RFC9162 } from "@transmute/rfc9162";
import { beforeAll, describe, expect, it } from "vitest";
import * as proof from "@/app/api/v1/audit/[id]/proof/route";
import * as checkpoint from "@/app/api/v1/audit/checkpoint/route";
import * as consistency from "@/app/api/v1/audit/consistency/route";
import { pool } from "@/lib/db";
import { call, makeAdminToken } from "@/lib/testing/admin-api";
import { fillLog, signLog } from "@/lib/testing/audit-log";
import { useTestDatabase } from "@/lib/testing/database";
import { checkpointAnswerSchema, consistencySchema, entryProofSchema } from "./schema";

// What the API answers, checked by code that is not ours: Sigstore's verifier of checkpoints and inclusion proofs, and a library
// for RFC 9162.

useTestDatabase();

let token: string;
let sizes: number[];
beforeAll(async () => {
  ({ token } = await makeAdminToken({ scopes: ["audit:read"] }));
  sizes = [];
  for (const more of [1, 299, 1000, 7]) {
    await fillLog(more);
    sizes.push(await signLog());
  }
});

const bytes = (base64: string) => Buffer.from(base64, "base64");
const newest = async () => checkpointAnswerSchema.parse((await call(checkpoint, "GET", { token })).json);

/** The log as Sigstore's verifier wants to know it. */
async function theirLog() {
  const { keys } = await newest();
  return keys.map(({ verifierKey, keyId }) => {
    const x = bytes(verifierKey.split("+").slice(2).join("+")).subarray(1).toString("base64url");
    return {
      baseURL: verifierKey.split("+")[0] ?? "",
      logID: Buffer.from(keyId, "hex"),
      publicKey: createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }),
      validFor: { start: new Date(0), end: new Date(8.64e15) },
    };
  });
}

async function theirEntry(index: number, size?: number) {
  const { json } = await call(proof, "GET", { token, params: { id: String(index) }, query: size ? `?size=${size}` : "" });
  const { checkpoint: signed, proof: hashes } = entryProofSchema.parse(json);
  const { rows } = await pool().query<{ body: string }>("SELECT body FROM audit_entry WHERE idx = $1", [index]);
  return {
    canonicalizedBody: Buffer.from(rows[0]?.body ?? ""),
    inclusionProof: {
      logIndex: String(index),
      treeSize: String(signed?.size),
      rootHash: bytes(signed?.root ?? ""),
      hashes: (hashes ?? []).map(bytes),
      checkpoint: { envelope: signed?.note ?? "" },
    },
  } as unknown as Parameters<typeof verifyCheckpoint>[0];
} // prettier-ignore

describe("by code that is not ours", () => {
  it("every checkpoint's signature is good, and every entry's proof leads to its root", async () => {
    const log = await theirLog();
    for (const size of sizes)
      for (const index of new Set([0, Math.floor(size / 2), Math.max(0, size - 2), size - 1])) {
        const entry = await theirEntry(index, size);
        const signed = verifyCheckpoint(entry, log);
        expect(Number(signed.logSize)).toBe(size);
        verifyMerkleInclusion(entry, signed);
      }
  });

  it("a changed body, checkpoint or key is refused", async () => {
    const log = await theirLog();
    const entry = await theirEntry(5);
    const signed = verifyCheckpoint(entry, log);
    const changed = { ...entry, canonicalizedBody: Buffer.from(`${entry.canonicalizedBody.toString()} `) };
    expect(() => verifyMerkleInclusion(changed, signed)).toThrow("does not match");
    const note = entry.inclusionProof.checkpoint.envelope;
    const other = { ...entry, inclusionProof: { ...entry.inclusionProof, checkpoint: { envelope: note.replace(/\n\d+\n/, "\n12\n") } } }; // prettier-ignore
    expect(() => verifyCheckpoint(other, log)).toThrow("invalid checkpoint signature");
    expect(() => verifyCheckpoint(entry, [])).toThrow("invalid checkpoint signature");
  });

  it("each checkpoint's tree begins as each earlier one's", async () => {
    for (const from of sizes)
      for (const to of sizes.filter((size) => size > from)) {
        const { json } = await call(consistency, "GET", { token, query: `?from=${from}&to=${to}` });
        const found = consistencySchema.parse(json);
        const path = { log_id: "", tree_size_1: from, tree_size_2: to, consistency_path: found.proof.map(bytes) };
        // The library leaves step 2 of RFC 9162 §2.1.4.2 to its caller.
        if (Number.isInteger(Math.log2(from))) path.consistency_path.unshift(bytes(found.from.root));
        const verify = (root: Buffer) => RFC9162.verifyConsistencyProof(root, bytes(found.to.root), path);
        expect(await verify(bytes(found.from.root))).toBe(true);
        expect(await verify(bytes(found.to.root)).catch(() => false)).toBe(false);
      }
  });
});
