"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import type { ServerDto } from "@/lib/server/schema";
import { updateServerAction } from "../actions";
import { missingInServer, toServerDraft, toServerInput } from "./server-draft";
import { ServerFields } from "./server-fields";

/** Changes the facts of a server. */
export function EditServer({ server, onClose }: { server: ServerDto; onClose: () => void }) {
  const router = useRouter();
  const [draft, setDraft] = useState(() => toServerDraft(server));
  const { run, pending, fieldErrors } = useAction(updateServerAction, {
    success: "Saved",
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const moved = draft.resource.trim().replace(/\/$/, "") !== server.resource;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Edit the server"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="edit-server"
            variant="primary"
            busy={pending}
            disabledReason={missingInServer(draft)}
          >
            Save
          </Button>
        </>
      }
    >
      <form
        id="edit-server"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run({ serverId: server.id, ...toServerInput(draft) });
        }}
      >
        <ServerFields
          draft={draft}
          onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
          fieldErrors={fieldErrors}
          resourceNote={
            moved ? (
              <Callout tone="expiring" title="Clients and the server must follow">
                Calls that name <span className="mono wrap-anywhere">{server.resource}</span> are refused from now on.
              </Callout>
            ) : undefined
          }
        />
      </form>
    </Dialog>
  );
}
