"use client";

import { useRouter } from "next/navigation";
import { useId, type ReactNode } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { UpdatePolicyInput } from "@/lib/policy/schema";
import { updatePolicyAction } from "../actions";

/** A part of the policy that is saved by itself. `children` gets the faults of its fields, by name. */
export function PolicyCard({
  title,
  description,
  changed,
  missing,
  mayWrite,
  input,
  children,
}: {
  title: string;
  description: string;
  /** True where something differs from what is in force. */
  changed: boolean;
  /** What is still to be said, as the reason why the button waits. */
  missing?: string | null;
  mayWrite: boolean;
  input: UpdatePolicyInput;
  children: (errorOf: (field: keyof UpdatePolicyInput) => string | undefined) => ReactNode;
}) {
  const id = useId();
  const router = useRouter();
  const { run, pending, error, fieldErrors } = useAction(updatePolicyAction, {
    success: "Saved",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  // A list's fault names its entry (`registrationPlaces.3`): which one it is stands in the message's own words.
  const errorOf = (field: keyof UpdatePolicyInput) => {
    const found = Object.entries(fieldErrors).find(([path]) => path.split(".")[0] === field);
    if (!found) return undefined;
    const [path, message] = found;
    const entry = (input[field] as unknown as readonly unknown[])[Number(path.split(".")[1])];
    return typeof entry === "string" ? `${entry} ${message}.` : message;
  };
  return (
    <Card
      title={title}
      description={description}
      footer={
        mayWrite ? (
          <div className="ml-auto">
            <Button
              type="submit"
              form={id}
              variant="primary"
              busy={pending}
              disabledReason={changed ? (missing ?? null) : "Nothing is changed"}
            >
              Save
            </Button>
          </div>
        ) : undefined
      }
    >
      <form
        id={id}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && changed && !missing) void run(input);
        }}
      >
        <fieldset disabled={!mayWrite} className="flex flex-col gap-5">
          <legend className="sr-only">{title}</legend>
          <ActionFailure error={error} />
          {children(errorOf)}
        </fieldset>
      </form>
    </Card>
  );
}
