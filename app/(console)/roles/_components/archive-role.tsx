"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { countedFirst } from "@/lib/counted";
import { archiveRoleAction } from "../actions";

/** Archives a role for good; its name is typed, and how many tokens stop is told. */
export function ArchiveRole({ role }: { role: { id: string; name: string; liveTokens: number } }) {
  const router = useRouter();
  const { run } = useAction(archiveRoleAction, { success: "Role archived", onSuccess: () => router.refresh() });
  const { liveTokens } = role;
  return (
    <ConfirmDialog
      trigger={<Button variant="danger-quiet">Archive</Button>}
      title={`Archive ${role.name}?`}
      consequence={
        <>
          {liveTokens === 0
            ? "No live token is under it."
            : `${countedFirst(liveTokens, "live token")} under it ${liveTokens === 1 ? "stops" : "stop"} working at once.`}{" "}
          Nobody can be given it any more. This cannot be undone.
        </>
      }
      confirmLabel="Archive role"
      typeToConfirm={role.name}
      onConfirm={async () => (await run({ roleId: role.id })).ok}
    />
  );
}
