"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Callout } from "@/components/ui/callout";
import { FormDialog } from "@/components/ui/form-dialog";
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
    <FormDialog
      title="Edit the server"
      submitLabel="Save"
      busy={pending}
      missing={missingInServer(draft)}
      noValidate
      onSubmit={() => void run({ serverId: server.id, ...toServerInput(draft) })}
      onClose={onClose}
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
    </FormDialog>
  );
}
