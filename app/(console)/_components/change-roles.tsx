"use client";

import { useState } from "react";
import { RoleChecks, type RoleOption } from "@/components/role/role-checks";
import { ActionFailure } from "@/components/session/action-failure";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import type { ActionError } from "@/lib/http/action-result";

/** Sets the token roles of a person or an agent, as a whole. Says what taking one does. */
export function ChangeRoles({
  name,
  held,
  options,
  pending,
  error,
  forbidden,
  disabledReason,
  onSave,
  onClose,
}: {
  name: string;
  held: readonly string[];
  options: readonly RoleOption[];
  pending: boolean;
  error: ActionError | null;
  forbidden: string;
  disabledReason?: (role: RoleOption) => string | null;
  onSave: (roleIds: string[]) => void;
  onClose: () => void;
}) {
  const [roleIds, setRoleIds] = useState<string[]>([...held]);
  const taken = options.filter((role) => held.includes(role.id) && !roleIds.includes(role.id));
  const added = roleIds.filter((id) => !held.includes(id));
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Token roles of ${name}`}
      description="Tokens are minted under these."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={pending}
            disabledReason={taken.length + added.length === 0 ? "Nothing has changed" : null}
            onClick={() => onSave(roleIds)}
          >
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <ActionFailure error={error} forbidden={forbidden} />
        <RoleChecks
          options={options}
          value={roleIds}
          onChange={setRoleIds}
          {...(disabledReason ? { disabledReason } : {})}
          error={error?.fields[0]?.message}
        />
        {taken.length > 0 ? (
          <Callout tone="expiring" title={`Takes ${taken.map((role) => role.name).join(", ")}`}>
            Tokens under {taken.length === 1 ? "it" : "them"} are refused at once.
          </Callout>
        ) : null}
      </div>
    </Dialog>
  );
}
