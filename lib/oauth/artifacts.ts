import "server-only";
import { mac, macCandidates } from "@/lib/crypto/keys";
import { open, seal } from "@/lib/crypto/seal";
import { db, type Tx } from "@/lib/db";

/** What the OAuth engine keeps between two requests. */
export type ArtifactKind =
  "AuthorizationCode" | "DeviceCode" | "Interaction" | "PushedAuthorizationRequest" | "ReplayDetection" | "Session";

/** What an artifact says; the engine's own shapes. */
export type ArtifactPayload = Record<string, unknown>;

/** What is searched for besides the artifact's own id. */
export type ArtifactRefs = {
  uid?: string;
  userCode?: string;
  grantId?: string;
  agentId?: string;
  personId?: string;
};

const idHash = (kind: ArtifactKind, id: string) => new Uint8Array(mac("oauth-artifact", `${kind}:${id}`));
const idHashes = (kind: ArtifactKind, id: string) =>
  macCandidates("oauth-artifact", `${kind}:${id}`).map((hash) => new Uint8Array(hash));
const context = (kind: string, keyHash: Uint8Array) => `${kind}:${Buffer.from(keyHash).toString("hex")}`;
const where = (kind: ArtifactKind, id: string) => ({ kind, keyHash: { in: idHashes(kind, id) } });

type Row = { kind: string; keyHash: Uint8Array; sealed: Uint8Array; consumedAt: Date | null };
const SELECT = { kind: true, keyHash: true, sealed: true, consumedAt: true } as const;

function payloadOf(row: Row | null): ArtifactPayload | undefined {
  const text = row && open(row.sealed, context(row.kind, row.keyHash));
  if (!row || text === null) return undefined;
  const payload = JSON.parse(text) as ArtifactPayload;
  return row.consumedAt ? { ...payload, consumed: Math.floor(row.consumedAt.getTime() / 1000) } : payload;
}

/** Keeps one, sealed, until it expires; in place of an earlier one of the same id. */
export async function putArtifact(
  kind: ArtifactKind,
  id: string,
  payload: ArtifactPayload,
  expiresAt: Date,
  { userCode, ...refs }: ArtifactRefs = {},
  tx: Tx = db(),
): Promise<void> {
  const keyHash = idHash(kind, id);
  const data = {
    ...refs,
    userCode: userCode === undefined ? null : idHash(kind, `user code ${userCode}`),
    sealed: new Uint8Array(seal(JSON.stringify(payload), context(kind, keyHash))),
    expiresAt,
  };
  await tx.oauthArtifact.upsert({
    where: { kind_keyHash: { kind, keyHash } },
    create: { kind, keyHash, ...data },
    update: data,
  });
}

/** Keeps one, if there is none of that id yet; false where there is. Of several at once exactly one succeeds. */
export async function putArtifactOnce(kind: ArtifactKind, id: string, expiresAt: Date): Promise<boolean> {
  const keyHash = idHash(kind, id);
  const sealed = new Uint8Array(seal("{}", context(kind, keyHash)));
  const { count } = await db().oauthArtifact.createMany({
    data: [{ kind, keyHash, sealed, expiresAt }],
    skipDuplicates: true,
  });
  return count === 1;
}

/** One by its id; `consumed` (Unix seconds) is in it where it was used up. */
export async function findArtifact(
  kind: ArtifactKind,
  id: string,
  tx: Tx = db(),
): Promise<ArtifactPayload | undefined> {
  return payloadOf(await tx.oauthArtifact.findFirst({ where: where(kind, id), select: SELECT }));
}

/** One by its `uid`. */
export async function findArtifactByUid(kind: ArtifactKind, uid: string): Promise<ArtifactPayload | undefined> {
  return payloadOf(await db().oauthArtifact.findFirst({ where: { kind, uid }, select: SELECT }));
}

/** A device code by what the person typed. */
export async function findArtifactByUserCode(userCode: string): Promise<ArtifactPayload | undefined> {
  const userCodes = idHashes("DeviceCode", `user code ${userCode}`);
  return payloadOf(
    await db().oauthArtifact.findFirst({
      where: { kind: "DeviceCode", userCode: { in: userCodes } },
      select: SELECT,
    }),
  );
}

/** Uses one up; false where it was already, or is not there. Of several at once exactly one succeeds. */
export async function consumeArtifact(kind: ArtifactKind, id: string, now: Date): Promise<boolean> {
  const { count } = await db().oauthArtifact.updateMany({
    where: { ...where(kind, id), consumedAt: null },
    data: { consumedAt: now },
  });
  return count === 1;
}

/** Forgets one. */
export async function deleteArtifact(kind: ArtifactKind, id: string): Promise<void> {
  await db().oauthArtifact.deleteMany({ where: where(kind, id) });
}

/** Forgets those that hang from a grant. */
export async function deleteArtifactsOfGrant(kind: ArtifactKind, grantId: string): Promise<void> {
  await db().oauthArtifact.deleteMany({ where: { kind, grantId } });
}
