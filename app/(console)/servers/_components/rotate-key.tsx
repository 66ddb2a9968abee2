"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { DEFAULT_OVERLAP, OverlapField } from "@/components/token/overlap-field";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { Time } from "@/components/ui/time";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";
import type { KeyDto, RotatedKeyDto } from "@/lib/key/schema";
import { rotateKeyAction } from "../actions";
import { KeySecret } from "./key-secret";

/** Rotates a key: choose the overlap, then see the successor's secret, this once. */
export function RotateKey({
  keyDto,
  gatehouseUrl,
  onClose,
}: {
  keyDto: KeyDto;
  gatehouseUrl: string;
  onClose: () => void;
}) {
  const router = useRouter();
  const [overlap, setOverlap] = useState(DEFAULT_OVERLAP);
  const [rotated, setRotated] = useState<RotatedKeyDto | null>(null);
  const { onCopied, guard } = useCopiedGuard("key", rotated !== null);
  const { run, pending } = useAction(rotateKeyAction, { onSuccess: setRotated });
  const close = () => {
    onClose();
    if (rotated) router.refresh();
  };
  if (rotated)
    return (
      <Dialog
        open
        width={640}
        onOpenChange={(open) => (open ? undefined : close())}
        guard={guard}
        title="Rotated"
        footer={
          <Button variant="primary" onClick={() => (guard() ? undefined : close())}>
            Done
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <KeySecret secret={rotated.key} masked={rotated.masked} gatehouseUrl={gatehouseUrl} onCopied={onCopied} />
          <p className="text-body text-ink-2">
            {overlap === "0" ? (
              "The old one has ended: give the server the new one now."
            ) : (
              <>
                The old one works until <Time at={rotated.predecessor.retiresAt} format="local" />. Give the server the
                new one before then; the list shows when each was last used.
              </>
            )}
          </p>
        </div>
      </Dialog>
    );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Rotate ${keyDto.name}`}
      description="Makes a successor with a new secret, the same name and the same expiry."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={pending}
            onClick={() => void run({ serverId: keyDto.serverId, keyId: keyDto.id, overlapSeconds: Number(overlap) })}
          >
            Rotate
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <OverlapField value={overlap} onChange={setOverlap} />
        {overlap === "0" && keyDto.lastUsedAt ? (
          <Callout tone="expiring" title="It is in use">
            Last used <Time at={keyDto.lastUsedAt} />. Until the server has the new one, it cannot ask, and its calls
            are refused.
          </Callout>
        ) : null}
        <p className="text-meta text-ink-2">Was it leaked? Then revoke it instead, and issue a new one.</p>
      </div>
    </Dialog>
  );
}
