"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { RoleOption } from "@/components/role/role-checks";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ChangeRoles } from "../../_components/change-roles";
import { updateAgentAction } from "../actions";

/** The button that changes a machine agent's token roles. */
export function AgentRoles({
  agent,
  options,
  mayElevate,
}: {
  agent: { id: string; name: string; roleIds: string[] };
  options: readonly RoleOption[];
  mayElevate: boolean;
}) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { run, pending, error } = useAction(updateAgentAction, {
    success: "Roles saved",
    toastErrors: false,
    onSuccess: () => {
      setOpen(false);
      router.refresh();
    },
  });
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Change
      </Button>
      {open ? (
        <ChangeRoles
          name={agent.name}
          held={agent.roleIds}
          options={options}
          pending={pending}
          error={error}
          forbidden="Only an owner gives an agent a role that reaches Gatehouse's own admin API."
          disabledReason={(role) => (role.administers && !mayElevate ? "Only an owner gives it to an agent" : null)}
          onSave={(roleIds) => void run({ agentId: agent.id, roleIds })}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}
