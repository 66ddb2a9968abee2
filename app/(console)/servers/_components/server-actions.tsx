"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { ServerDto } from "@/lib/server/schema";
import { updateServerAction } from "../actions";
import { EditServer } from "./edit-server";

/** What can be done with a server as a whole: edit, disable, enable. */
export function ServerActions({ server }: { server: ServerDto }) {
  const [editing, setEditing] = useState(false);
  return (
    <>
      <Button onClick={() => setEditing(true)}>Edit</Button>
      {server.status === "active" ? <DisableServer server={server} /> : <EnableServer server={server} />}
      {editing ? <EditServer server={server} onClose={() => setEditing(false)} /> : null}
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
