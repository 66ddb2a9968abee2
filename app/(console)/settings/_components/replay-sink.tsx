"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import type { SinkDto } from "@/lib/audit/sinks/schema";
import { replaySinkAction } from "../actions";

/** Sets a sink back to an entry or a moment. */
export function ReplaySink({ sink, onClose }: { sink: SinkDto; onClose: () => void }) {
  const router = useRouter();
  const [by, setBy] = useState<"since" | "index">("since");
  const [value, setValue] = useState("");
  const { run, pending, error, fieldErrors } = useAction(replaySinkAction, {
    success: "It gets them again",
    toastErrors: false,
    onSuccess: () => {
      router.refresh();
      onClose();
    },
  });
  const time = new Date(value);
  const missing = value === "" ? "Say from where first" : null;
  const isTime = by === "since" && !Number.isNaN(time.getTime());
  return (
    <FormDialog
      title={`Ship to ${sink.name} again`}
      description={`It has everything up to entry ${Math.max(0, sink.cursor - 1)}. What it gets again has the same index as before.`}
      submitLabel="Ship again"
      busy={pending}
      missing={missing}
      noValidate
      onSubmit={() =>
        void run({ sinkId: sink.id, ...(isTime ? { since: time.toISOString() } : { index: Number(value) }) })
      }
      onClose={onClose}
    >
      <ActionFailure error={error} />
      <RadioGroup
        aria-label="From where"
        value={by}
        onValueChange={(next) => {
          setBy(next as "since" | "index");
          setValue("");
        }}
        options={[
          { value: "since", label: "From a moment on" },
          { value: "index", label: "From an entry on" },
        ]}
      />
      <Field
        label={by === "since" ? "Moment" : "Index of the entry"}
        required
        error={fieldErrors[by] ?? fieldErrors[""]}
      >
        <Input
          key={by}
          type={by === "since" ? "datetime-local" : "text"}
          inputMode={by === "since" ? undefined : "numeric"}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
    </FormDialog>
  );
}
