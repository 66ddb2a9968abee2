import "server-only";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { uuidV7 } from "@/lib/id";
import { defineVerb } from "@/lib/verb";

/** An archive that was read back and verified. */
export type VerifiedArchive = {
  partition: string;
  /** Its name in the folder. */
  file: string;
  sha256: string;
  bytes: number;
  firstIndex: number;
  lastIndex: number;
  entries: number;
  /** The size of the signed tree that its proofs lead to. */
  treeSize: number;
};

/**
 * Records that a partition is in an archive that was verified; only then may it be dropped, and only once this entry is signed. Who verifies
 * the log asks for it. Errors: `write_conflict` where the partition is not closed (any more).
 */
export const recordArchive = defineVerb(
  {
    action: "audit.retain",
    permission: "retention.write",
    target: ({ partition }: VerifiedArchive) => ({ kind: "audit_partition", id: partition }),
  },
  async ({ ctx, tx, record }, { partition, ...archive }): Promise<{ entryId: string }> => {
    const entryId = uuidV7();
    const { count } = await tx.auditPartition.updateMany({
      where: { name: partition, state: "closed" },
      data: {
        archiveFile: archive.file,
        archiveSha256: archive.sha256,
        archiveBytes: archive.bytes,
        archivedAt: nowDate(ctx),
        retainId: entryId,
      },
    });
    if (count === 0) throw new GatehouseError("write_conflict");
    record({
      id: entryId,
      action: "audit.retain",
      outcome: "success",
      target: { kind: "audit_partition", id: partition },
      details: archive,
    });
    return { entryId };
  },
);
