"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { DEFAULT_OVERLAP, OverlapField } from "@/components/token/overlap-field";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { SecretField } from "@/components/ui/secret-field";
import { Time } from "@/components/ui/time";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";
import type { RotatedTokenDto, TokenDetailDto } from "@/lib/token/schema";
import { rotateTokenAction } from "../actions";

/** Rotates a token: choose the overlap, then see the successor's secret, this once. */
export function RotateToken({ token, onClose }: { token: TokenDetailDto; onClose: () => void }) {
  const router = useRouter();
  const [overlap, setOverlap] = useState(DEFAULT_OVERLAP);
  const [rotated, setRotated] = useState<RotatedTokenDto | null>(null);
  const { onCopied, guard } = useCopiedGuard("token", rotated !== null);
  const { run, pending } = useAction(rotateTokenAction, { onSuccess: setRotated });
  const close = () => {
    onClose();
    if (rotated) router.refresh();
  };
  if (rotated) {
    return (
      <Dialog
        open
        onOpenChange={(open) => (open ? undefined : close())}
        guard={guard}
        title="Rotated"
        footer={
          <>
            <Button onClick={() => (guard() ? undefined : close())}>Done</Button>
            <ButtonLink href={`/tokens/${rotated.id}`} variant="primary">
              Open the successor
            </ButtonLink>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <SecretField label="New token" value={rotated.token} masked={rotated.masked} onCopied={onCopied} />
          <p className="text-body text-ink-2">
            The old one works until <Time at={rotated.predecessor.retiresAt} format="local" />. Move its callers before
            then; its page shows its last use.
          </p>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Rotate ${token.name}`}
      description="Makes a successor with a new secret and the same terms."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={pending}
            onClick={() => void run({ tokenId: token.id, overlapSeconds: Number(overlap) })}
          >
            Rotate
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <OverlapField value={overlap} onChange={setOverlap} />
        {overlap === "0" && token.activity.lastUsedAt ? (
          <Callout tone="expiring" title="It is in use">
            Last used <Time at={token.activity.lastUsedAt} />. Its callers fail until they have the new secret.
          </Callout>
        ) : null}
        <p className="text-meta text-ink-2">Was it leaked? Then revoke it instead, and mint a new one.</p>
      </div>
    </Dialog>
  );
}
