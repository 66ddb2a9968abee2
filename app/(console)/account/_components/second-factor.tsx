"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { EnrolApp } from "@/components/second-factor/enrol-app";
import { RecoveryCodes } from "@/components/second-factor/recovery-codes";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import { counted } from "@/lib/counted";
import type { SecondFactorDto } from "@/lib/second-factor/schema";
import { confirmEnrolmentAction, startEnrolmentAction } from "@/app/(auth)/actions";
import { removeSecondFactorAction, renewRecoveryCodesAction } from "../actions";

/** Few enough that it is time for new ones. */
const FEW_CODES = 3;

type Open = "enrol" | "codes" | "remove" | null;

/** One's own second factor: set up, replaced, taken off; and its recovery codes. */
export function SecondFactor({ factor }: { factor: SecondFactorDto }) {
  const router = useRouter();
  const [open, setOpen] = useState<Open>(null);
  const close = () => {
    setOpen(null);
    router.refresh();
  };
  const { app, required } = factor;
  return (
    <Card
      title="Second factor"
      description="A code of an authenticator app, asked for with your password."
      actions={
        <Button size="sm" onClick={() => setOpen("enrol")}>
          {app ? "Replace" : "Set up"}
        </Button>
      }
    >
      {app ? <Present app={app} required={required} onOpen={setOpen} /> : <Absent />}
      {open === "enrol" ? <Enrol replaces={app !== null} onClose={close} /> : null}
      {open === "codes" ? <RenewCodes onClose={close} /> : null}
      {open === "remove" ? <Remove onClose={close} /> : null}
    </Card>
  );
}

function Absent() {
  return (
    <p className="text-body text-ink-2">
      You have none. With one, whoever learns your password still cannot sign in as you.
    </p>
  );
}

function Present({
  app,
  required,
  onOpen,
}: {
  app: NonNullable<SecondFactorDto["app"]>;
  required: boolean;
  onOpen: (open: Open) => void;
}) {
  const left = app.recoveryCodesLeft;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-body text-ink-2 flex flex-wrap items-center gap-2">
        <StatusBadge tone="allow">On</StatusBadge>
        <span>
          An authenticator app, since <Time at={app.since} />.
        </span>
      </p>
      <p className="text-body text-ink-2 flex flex-wrap items-center gap-2">
        {left <= FEW_CODES ? <StatusBadge tone="expiring">Few left</StatusBadge> : null}
        <span>{counted(left, "recovery code")} left.</span>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => onOpen("codes")}>
          New recovery codes
        </Button>
        <Button
          size="sm"
          variant="danger-quiet"
          disabledReason={required ? "The policy asks you to have one. You can replace it." : null}
          onClick={() => onOpen("remove")}
        >
          Remove
        </Button>
      </div>
    </div>
  );
}

function Enrol({ replaces: replacesNow, onClose }: { replaces: boolean; onClose: () => void }) {
  // The page is drawn anew once the app is confirmed, behind the recovery codes.
  const [replaces] = useState(replacesNow);
  return (
    <Dialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={replaces ? "Replace your authenticator app" : "Set up an authenticator app"}
      description={
        replaces
          ? "The present one and your recovery codes stop counting once the new one is confirmed. Your other sessions end."
          : "From then on you sign in with a code of it as well. Your other sessions end."
      }
    >
      <EnrolApp
        actions={{ start: startEnrolmentAction, confirm: confirmEnrolmentAction }}
        startLabel="Show the QR code"
        onDone={onClose}
      />
    </Dialog>
  );
}

function RenewCodes({ onClose }: { onClose: () => void }) {
  const { run, pending, error } = useAction(renewRecoveryCodesAction, {
    toastErrors: false,
    onSuccess: ({ recoveryCodes }) => setCodes(recoveryCodes),
  });
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title="New recovery codes"
      description="The old ones stop counting, used or not."
    >
      {codes ? (
        <RecoveryCodes codes={codes} onDone={onClose} />
      ) : (
        <div className="flex flex-col gap-4">
          <ActionFailure error={error} />
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" busy={pending} onClick={() => void run()}>
              Make new codes
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function Remove({ onClose }: { onClose: () => void }) {
  const { run, error } = useAction(removeSecondFactorAction, { success: "Second factor removed", toastErrors: false });
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title="Remove your second factor?"
      consequence="From then on your password alone signs you in. Your recovery codes stop counting."
      confirmLabel="Remove"
      onConfirm={async () => (await run()).ok}
    >
      <ActionFailure error={error} />
    </ConfirmDialog>
  );
}
