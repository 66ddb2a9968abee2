"use client";

import { Ellipsis, KeyRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import type { ServerDto } from "@/lib/server/schema";
import { RevokeTokensOf } from "../../_components/revoke-tokens-of";
import { updateServerAction } from "../actions";
import { EditServer } from "./edit-server";

/** What can be done with a server as a whole: edit, disable, enable, revoke what is for it. */
export function ServerActions({ server, mayRevoke }: { server: ServerDto; mayRevoke: boolean }) {
  const [open, setOpen] = useState<"edit" | "revoke" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      {mayRevoke && server.counts.liveTokens + server.counts.liveConnections > 0 ? (
        <Menu
          trigger={
            <Button size="icon" aria-label="More">
              <Ellipsis aria-hidden />
            </Button>
          }
          items={[
            {
              label: "Revoke all tokens",
              icon: <KeyRound aria-hidden />,
              tone: "danger",
              onSelect: () => setOpen("revoke"),
            },
          ]}
        />
      ) : null}
      <Button onClick={() => setOpen("edit")}>Edit</Button>
      {server.status === "active" ? <DisableServer server={server} /> : <EnableServer server={server} />}
      {open === "edit" ? <EditServer server={server} onClose={close} /> : null}
      {open === "revoke" ? (
        <RevokeTokensOf by="servers" subject={{ id: server.id, name: server.name, ...server.counts }} onClose={close} />
      ) : null}
    </>
  );
}

function DisableServer({ server }: { server: ServerDto }) {
  const router = useRouter();
  const { run } = useAction(updateServerAction, {
    success: `${server.name} is disabled: its calls are refused from now on`,
    onSuccess: () => router.refresh(),
  });
  const { liveTokens } = server.counts;
  return (
    <ConfirmDialog
      trigger={<Button variant="danger-quiet">Disable</Button>}
      title={`Disable ${server.name}?`}
      consequence={
        <>
          Every call of its tools is refused from now on.{" "}
          {liveTokens === 0
            ? "No live token is for it."
            : liveTokens === 1
              ? "One live token is for it: it is refused here until you enable the server again."
              : `${liveTokens.toLocaleString("en-US")} live tokens are for it: they are refused here until you enable the server again.`}{" "}
          Nothing is revoked.
        </>
      }
      confirmLabel="Disable server"
      onConfirm={async () => (await run({ serverId: server.id, status: "disabled" })).ok}
    />
  );
}

function EnableServer({ server }: { server: ServerDto }) {
  const router = useRouter();
  const { run, pending } = useAction(updateServerAction, {
    success: `${server.name} is enabled: its live tokens work again`,
    onSuccess: () => router.refresh(),
  });
  return (
    <Button variant="primary" busy={pending} onClick={() => void run({ serverId: server.id, status: "active" })}>
      Enable
    </Button>
  );
}
