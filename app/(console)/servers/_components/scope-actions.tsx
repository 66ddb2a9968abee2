"use client";

import { Ellipsis, Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { Menu } from "@/components/ui/menu";
import type { ScopeDto } from "@/lib/scope/schema";
import { deleteScopeAction } from "../actions";
import { ScopeDialog } from "./scope-dialog";
import { tabHref } from "./server-tabs";

/** The button that adds a scope. */
export function AddScope({ serverId, slug }: { serverId: string; slug: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        Add a scope
      </Button>
      {open ? <ScopeDialog serverId={serverId} slug={slug} scope={null} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

/** What can be done with one scope. */
export function ScopeActions({ scope, slug }: { scope: ScopeDto; slug: string }) {
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Menu
        trigger={
          <Button size="icon-sm" variant="ghost" aria-label={`Actions for ${scope.name}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
        items={[
          { label: "Edit", onSelect: () => setOpen("edit") },
          { separator: true },
          { label: "Delete", tone: "danger", onSelect: () => setOpen("delete") },
        ]}
      />
      {open === "edit" ? <ScopeDialog serverId={scope.serverId} slug={slug} scope={scope} onClose={close} /> : null}
      {open === "delete" && scope.tools.length > 0 ? <ScopeInUse scope={scope} onClose={close} /> : null}
      {open === "delete" && scope.tools.length === 0 ? <DeleteScope scope={scope} onClose={close} /> : null}
    </>
  );
}

/** A scope that tools require cannot go: says which, and leads there. */
function ScopeInUse({ scope, onClose }: { scope: ScopeDto; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={
        <>
          <span className="mono">{scope.name}</span> is in use
        </>
      }
      description="Tools require it. Give them another scope, or close them; then it can be deleted."
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
          <ButtonLink variant="primary" href={tabHref(scope.serverId, "tools")}>
            Go to the tools
          </ButtonLink>
        </>
      }
    >
      <ul className="text-body flex list-disc flex-col gap-1 pl-5">
        {scope.tools.slice(0, 12).map((tool) => (
          <li key={tool} className="mono wrap-anywhere">
            {tool}
          </li>
        ))}
        {scope.tools.length > 12 ? <li>and {scope.tools.length - 12} more</li> : null}
      </ul>
    </Dialog>
  );
}

function DeleteScope({ scope, onClose }: { scope: ScopeDto; onClose: () => void }) {
  const router = useRouter();
  const { run, error } = useAction(deleteScopeAction, {
    success: `${scope.name} is deleted`,
    onSuccess: () => router.refresh(),
    toastErrors: false,
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={
        <>
          Delete <span className="mono">{scope.name}</span>?
        </>
      }
      consequence="No tool requires it. Roles give it no more, and every token that was narrowed to it loses it at once."
      confirmLabel="Delete scope"
      onConfirm={async () => (await run({ scopeId: scope.id })).ok}
    >
      {error ? (
        <Callout tone="deny" alert title={error.title}>
          {error.detail}
        </Callout>
      ) : null}
    </ConfirmDialog>
  );
}
