"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { FieldSet } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { Time } from "@/components/ui/time";
import type { KeyDto, RotatedKeyDto } from "@/lib/key/schema";
import { rotateKeyAction } from "../actions";
import { keepsUncopied, KeySecret } from "./key-secret";

const OVERLAPS = [
  { value: "0", label: "None: end the old one now" },
  { value: "900", label: "15 minutes" },
  { value: "3600", label: "1 hour" },
  { value: "21600", label: "6 hours" },
  { value: "86400", label: "24 hours" },
  { value: "604800", label: "7 days" },
  { value: "2592000", label: "30 days" },
];

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
  const [overlap, setOverlap] = useState("86400");
  const [rotated, setRotated] = useState<RotatedKeyDto | null>(null);
  const [copied, setCopied] = useState(false);
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
        guard={() => keepsUncopied(copied)}
        title="Rotated"
        footer={
          <Button variant="primary" onClick={() => (keepsUncopied(copied) ? undefined : close())}>
            Done
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <KeySecret
            secret={rotated.key}
            masked={rotated.masked}
            gatehouseUrl={gatehouseUrl}
            onCopied={() => setCopied(true)}
          />
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
        <FieldSet legend="How long the old secret goes on working">
          <RadioGroup aria-label="Overlap" value={overlap} onValueChange={setOverlap} options={OVERLAPS} />
        </FieldSet>
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
