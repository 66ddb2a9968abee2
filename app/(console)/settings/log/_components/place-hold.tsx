"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import type { PartitionDto } from "@/lib/audit/retention/schema";
import { placeHoldAction } from "../actions";
import { spanWords } from "./words";

/** A moment as a browser's field gives it, in local time; undefined where none was given. */
const instant = (value: string): string | undefined => (value === "" ? undefined : new Date(value).toISOString());

/** Holds a partition, or a time that is given here. */
export function PlaceHold({ partition, onClose }: { partition: PartitionDto | null; onClose: () => void }) {
  const router = useRouter();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const { run, pending, error, fieldErrors } = useAction(placeHoldAction, {
    success: ({ archived }) =>
      archived.length === 0 ? "It is held" : `It is held, but for what was archived before: ${archived.length} files`,
    toastErrors: false,
    onSuccess: () => {
      router.refresh();
      onClose();
    },
  });
  const missing =
    partition === null && from === "" && to === ""
      ? "Say which time first"
      : reason.trim() === ""
        ? "Give the reason first"
        : null;
  const time = partition ? { partition: partition.name } : { from: instant(from), to: instant(to) };
  return (
    <FormDialog
      title="Place a legal hold"
      description={
        partition
          ? `Nothing of ${spanWords(partition.from, partition.to)} (UTC) is dropped until it is released.`
          : "Nothing of this time is dropped until it is released. Leave one side empty for an open end."
      }
      submitLabel="Hold"
      busy={pending}
      missing={missing}
      noValidate
      onSubmit={() => void run({ ...time, reason })}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      {partition ? null : (
        <>
          <Field label="From" optional hint="Your local time." error={fieldErrors.from}>
            <Input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
          </Field>
          <Field label="Until" optional error={fieldErrors.to}>
            <Input type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
          </Field>
        </>
      )}
      <Field label="Reason" required hint="It stands in the log: a case number, who asked." error={fieldErrors.reason}>
        <Input
          value={reason}
          maxLength={500}
          autoComplete="off"
          data-autofocus={partition ? true : undefined}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
    </FormDialog>
  );
}
