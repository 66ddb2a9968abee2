"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox";
import { FormDialog } from "@/components/ui/form-dialog";
import { FieldSet } from "@/components/ui/field";
import type { GrantDto } from "@/lib/oauth/schema";
import { narrowGrantAction } from "../agents/actions";

/** Takes scopes out of what a person let an agent do; nothing where there is but one: that is to end it. */
export function NarrowGrant({ grant }: { grant: Pick<GrantDto, "id" | "agent" | "server" | "scopes"> }) {
  const [open, setOpen] = useState(false);
  if (grant.scopes.length < 2) return null;
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        onClick={() => setOpen(true)}
        aria-label={`Change ${grant.agent.name}'s access to ${grant.server.name}`}
      >
        Change
      </Button>
      {open ? <NarrowDialog grant={grant} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function NarrowDialog({
  grant: { id, agent, server, scopes },
  onClose,
}: {
  grant: Pick<GrantDto, "id" | "agent" | "server" | "scopes">;
  onClose: () => void;
}) {
  const router = useRouter();
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const { run, pending, error } = useAction(narrowGrantAction, {
    success: `${agent.name} may do less on ${server.name} from now on`,
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const missing =
    removed.length === 0
      ? "Untick what it shall not do any more"
      : removed.length === scopes.length
        ? "Leave at least one ticked, or end its access"
        : null;
  return (
    <FormDialog
      title={`What ${agent.name} may do on ${server.name}`}
      description="What you untick is refused from now on, everywhere. To have it back, it must ask again."
      submitLabel="Take out"
      busy={pending}
      missing={missing}
      onSubmit={() => void run({ id, removeScopes: [...removed] })}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      <FieldSet legend="It may">
        <div className="flex flex-col gap-3">
          {scopes.map(({ name, access }) => (
            <CheckboxField
              key={name}
              label={name}
              description={access === "read" ? "looks" : access === "write" ? "changes" : "changes, as an admin"}
              checked={!removed.includes(name)}
              onCheckedChange={(on) =>
                setRemoved(on === true ? removed.filter((one) => one !== name) : [...removed, name])
              }
            />
          ))}
        </div>
      </FieldSet>
    </FormDialog>
  );
}
