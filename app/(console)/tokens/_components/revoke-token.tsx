"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Time } from "@/components/ui/time";
import type { RevocationDto, TokenDetailDto } from "@/lib/token/schema";
import { revokeTokenAction } from "../actions";

function outcome({ revoked, complete }: RevocationDto): string {
  if (revoked === 0) return "It was revoked before";
  return complete ? "Revoked: its calls are refused from now on" : "Revoked: not every process has confirmed yet";
}

/** Revokes one token, with one question that names its last use. It cannot be undone. */
export function RevokeToken({ token, label = "Revoke", size }: { token: TokenDetailDto; label?: string; size?: "sm" }) {
  const router = useRouter();
  const { run } = useAction(revokeTokenAction, { success: outcome, onSuccess: () => router.refresh() });
  return (
    <ConfirmDialog
      trigger={
        <Button variant="danger-quiet" size={size}>
          {label}
        </Button>
      }
      title={`Revoke ${token.name}?`}
      consequence={
        <>
          Its calls are refused from now on, for good. Last used <Time at={token.activity.lastUsedAt} never="never" />
          {token.activity.lastTool ? (
            <>
              {" "}
              for <code className="mono">{token.activity.lastTool}</code>
            </>
          ) : null}
          .
        </>
      }
      confirmLabel="Revoke token"
      askReason
      onConfirm={async ({ reason }) => (await run({ by: "tokens", id: token.id, reason })).ok}
    />
  );
}
