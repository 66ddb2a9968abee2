"use client";

import { Ellipsis } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { Time } from "@/components/ui/time";
import type { KeyDto } from "@/lib/key/schema";
import { revokeKeyAction } from "../actions";
import { RotateKey } from "./rotate-key";

/** What can be done with a key that lives. */
export function KeyActions({
  keyDto,
  rotated,
  gatehouseUrl,
}: {
  keyDto: KeyDto;
  /** True where it has a successor: that one is to be rotated. */
  rotated: boolean;
  gatehouseUrl: string;
}) {
  const [open, setOpen] = useState<"rotate" | "revoke" | null>(null);
  if (keyDto.status !== "active" && keyDto.status !== "retiring") return null;
  return (
    <>
      <Menu
        trigger={
          <Button size="icon-sm" variant="ghost" aria-label={`Actions for ${keyDto.name}, ${keyDto.masked}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
        items={[
          ...(rotated || keyDto.status === "retiring"
            ? []
            : [{ label: "Rotate", onSelect: () => setOpen("rotate") }, { separator: true } as const]),
          {
            label: keyDto.status === "retiring" ? "End it now" : "Revoke",
            tone: "danger",
            onSelect: () => setOpen("revoke"),
          },
        ]}
      />
      {open === "rotate" ? (
        <RotateKey keyDto={keyDto} gatehouseUrl={gatehouseUrl} onClose={() => setOpen(null)} />
      ) : null}
      {open === "revoke" ? <RevokeKey keyDto={keyDto} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function RevokeKey({ keyDto, onClose }: { keyDto: KeyDto; onClose: () => void }) {
  const router = useRouter();
  const { run } = useAction(revokeKeyAction, {
    success: `${keyDto.name} is revoked`,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Revoke ${keyDto.name}?`}
      consequence={
        <>
          Whoever asks with <span className="mono">{keyDto.masked}</span> is turned away from now on, for good, and a
          server that cannot ask refuses its calls.{" "}
          {keyDto.lastUsedAt ? (
            <>
              Last used <Time at={keyDto.lastUsedAt} />.
            </>
          ) : (
            "No use of it has been noted."
          )}
        </>
      }
      confirmLabel="Revoke key"
      askReason
      onConfirm={async ({ reason }) => (await run({ serverId: keyDto.serverId, keyId: keyDto.id, reason })).ok}
    />
  );
}
