"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { PersonDto } from "@/lib/person/schema";
import { erasePersonAction } from "../actions";

/** What an owner may do with somebody suspended and cannot take back: their name is typed, and the password asked for. */
export function ErasePerson({ person }: { person: Pick<PersonDto, "id" | "name" | "status"> }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { run, error } = useAction(erasePersonAction, {
    success: "Erased: the log's entries and proofs stay as they are",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <Card title="Erase for good">
      <p className="text-body text-ink-2 mb-3">
        Their name and address leave Gatehouse and its audit log. Every entry stays, and every proof stays valid.
      </p>
      <Button
        variant="danger-quiet"
        disabledReason={person.status === "suspended" ? null : "Suspend them first"}
        onClick={() => setOpen(true)}
      >
        Erase
      </Button>
      {open ? (
        <ConfirmDialog
          open
          onOpenChange={setOpen}
          title={`Erase ${person.name}?`}
          consequence="This cannot be undone. Their name, address, ways to sign in, tokens and connections are gone, and their address is free. What was shipped to other systems, exported or backed up before still has them."
          confirmLabel="Erase"
          typeToConfirm={person.name}
          onConfirm={async () => (await run({ personId: person.id, confirmName: person.name })).ok}
        >
          <ActionFailure error={error} forbidden="Only an owner erases people, and nobody themself." />
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}
