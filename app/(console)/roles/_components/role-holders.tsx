"use client";

import { X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { EntityLink } from "@/components/entity/entity-link";
import { EntityPicker } from "@/components/entity/entity-picker";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { toast } from "@/components/ui/toast";
import { holdAgentRoleAction, holdPersonRoleAction } from "../actions";

/** Who holds a role, or could. */
export type Holder = {
  kind: "person" | "agent";
  id: string;
  name: string;
  description: string;
  suspended: boolean;
  /** An owner or an admin: changed by owners alone. */
  elevated: boolean;
};
type Named = { id: string; name: string };

const SHOWN = 12;
const OWNERS_ALONE = "Only an owner changes the roles of owners and admins.";

function useHolding(role: Named) {
  const router = useRouter();
  const person = useAction(holdPersonRoleAction, { toastErrors: false });
  const agent = useAction(holdAgentRoleAction, { toastErrors: false });
  const hold = async (holder: Holder, held: boolean) => {
    const result =
      holder.kind === "person"
        ? await person.run({ personId: holder.id, roleId: role.id, held })
        : await agent.run({ agentId: holder.id, roleId: role.id, held });
    if (result.ok) {
      toast.success(held ? `${holder.name} holds ${role.name}` : `${role.name} is taken from ${holder.name}`);
      router.refresh();
    }
    return result;
  };
  return { hold, pending: person.pending || agent.pending, error: person.error ?? agent.error };
}

/** Who holds the role; those who may give it to somebody, or take it. */
export function RoleHolders({
  role,
  holders,
  others,
  mayAssign,
  mayElevate,
  administers,
}: {
  role: Named;
  holders: readonly Holder[];
  others: readonly Holder[];
  mayAssign: boolean;
  mayElevate: boolean;
  /** True where the role reaches Gatehouse's own admin API: then only owners give it to agents. */
  administers: boolean;
}) {
  const [giving, setGiving] = useState(false);
  const [all, setAll] = useState(false);
  const shown = all ? holders : holders.slice(0, SHOWN);
  return (
    <Card
      title="Held by"
      description={holders.length === 0 ? undefined : `${holders.length} in all`}
      flush={holders.length > 0}
      actions={
        mayAssign ? (
          <Button size="sm" onClick={() => setGiving(true)}>
            Give it
          </Button>
        ) : undefined
      }
    >
      {holders.length === 0 ? (
        <p className="text-body text-ink-2">Nobody. Tokens are minted under it for those who hold it.</p>
      ) : (
        <ul className="divide-hairline divide-y">
          {shown.map((holder) => (
            <li key={holder.id} className="flex items-center gap-2 py-1.5 pr-2 pl-4">
              <span className="min-w-0 flex-1">
                <EntityLink kind={holder.kind} id={holder.id} name={holder.name} className="text-body" />
                <span className="text-meta text-ink-2 block truncate">
                  {holder.description}
                  {holder.suspended ? " · suspended" : null}
                </span>
              </span>
              {mayAssign ? (
                <TakeRole role={role} holder={holder} reason={holder.elevated && !mayElevate ? OWNERS_ALONE : null} />
              ) : null}
            </li>
          ))}
          {holders.length > shown.length ? (
            <li className="px-4 py-2">
              <Button size="sm" variant="ghost" onClick={() => setAll(true)}>
                Show {holders.length - shown.length} more
              </Button>
            </li>
          ) : null}
        </ul>
      )}
      {giving ? (
        <GiveRole
          role={role}
          others={others}
          reasonAgainst={(holder) =>
            mayElevate ? null : holder.elevated || (administers && holder.kind === "agent") ? "Only an owner may" : null
          }
          administers={administers}
          onClose={() => setGiving(false)}
        />
      ) : null}
    </Card>
  );
}

function TakeRole({ role, holder, reason }: { role: Named; holder: Holder; reason: string | null }) {
  const { hold, error } = useHolding(role);
  const trigger = (
    <Button size="icon-sm" variant="ghost" aria-label={`Take ${role.name} from ${holder.name}`} disabledReason={reason}>
      <X aria-hidden />
    </Button>
  );
  if (reason) return trigger;
  return (
    <ConfirmDialog
      trigger={trigger}
      title={`Take ${role.name} from ${holder.name}?`}
      consequence="Their tokens under it are refused at once. Giving it back makes those that still live work again."
      confirmLabel="Take the role"
      onConfirm={async () => (await hold(holder, false)).ok}
    >
      <ActionFailure error={error} forbidden={OWNERS_ALONE} />
    </ConfirmDialog>
  );
}

function GiveRole({
  role,
  others,
  reasonAgainst,
  administers,
  onClose,
}: {
  role: Named;
  others: readonly Holder[];
  reasonAgainst: (holder: Holder) => string | null;
  administers: boolean;
  onClose: () => void;
}) {
  const [id, setId] = useState<string | null>(null);
  const { hold, pending, error } = useHolding(role);
  const holder = others.find((one) => one.id === id);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Give ${role.name} to`}
      description="A person, or a machine agent. Tokens under it are minted for them afterwards."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={pending}
            disabledReason={holder ? null : "Choose somebody first"}
            onClick={() => {
              if (holder) void hold(holder, true).then((result) => (result.ok ? onClose() : undefined));
            }}
          >
            Give the role
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="Who" required>
          <EntityPicker
            value={id}
            onChange={setId}
            searchLabel="Search people and agents"
            options={others.map((one) => ({
              value: one.id,
              label: one.name,
              description: one.description,
              disabledReason: reasonAgainst(one),
            }))}
          />
        </Field>
        {administers ? (
          <Callout tone="expiring" title="It reaches Gatehouse itself">
            {holder?.kind === "agent"
              ? "A token of this agent may administer Gatehouse, as far as the role goes."
              : "A person's admin token never does more than their console role permits."}
          </Callout>
        ) : null}
        <ActionFailure error={error} forbidden={OWNERS_ALONE} />
      </div>
    </Dialog>
  );
}
