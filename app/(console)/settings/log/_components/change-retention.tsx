"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import { LEAST_RETENTION_DAYS, type RetentionDto } from "@/lib/audit/retention/schema";
import { setRetentionAction } from "../actions";

const USUAL_DAYS = "400";

/** The button that changes how long the log is kept, and its dialog. */
export function ChangeRetention({ retention }: { retention: RetentionDto }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)} aria-label="Change how long the log is kept">
        Change
      </Button>
      {open ? <RetentionDialog retention={retention} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RetentionDialog({ retention, onClose }: { retention: RetentionDto; onClose: () => void }) {
  const router = useRouter();
  const [ends, setEnds] = useState(retention.days !== null);
  const [days, setDays] = useState(retention.days === null ? USUAL_DAYS : String(retention.days));
  const { run, pending, error, fieldErrors } = useAction(setRetentionAction, {
    success: "Saved",
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const typed = Number(days);
  const missing = ends && (days.trim() === "" || Number.isNaN(typed)) ? "Give the days first, as a number" : null;
  return (
    <FormDialog
      title="How long the log is kept"
      description="What is older is archived with its proofs, verified, and then dropped here. It cannot be brought back into the log."
      submitLabel="Save"
      busy={pending}
      missing={missing}
      noValidate
      onSubmit={() => void run({ days: ends ? typed : null })}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      <RadioGroup
        aria-label="Entries stay"
        value={ends ? "days" : "forever"}
        onValueChange={(next) => setEnds(next === "days")}
        options={[
          { value: "forever", label: "For ever", description: "Nothing is ever dropped." },
          { value: "days", label: "For so many days at least", description: "Legal holds keep theirs for longer." },
        ]}
      />
      {ends ? (
        <Field label="Days" required hint={`${LEAST_RETENTION_DAYS} or more.`} error={fieldErrors.days}>
          <Input
            inputMode="numeric"
            autoComplete="off"
            className="max-w-28"
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </Field>
      ) : null}
    </FormDialog>
  );
}
