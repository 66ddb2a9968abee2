"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { CidrField } from "@/components/token/cidr-field";
import { RateLimitField } from "@/components/token/rate-limit-field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { TokenDetailDto } from "@/lib/token/schema";
import { updateTokenAction } from "../actions";

/** Changes what may change after minting: name, note, addresses, rate limit. */
export function EditToken({ token, onClose }: { token: TokenDetailDto; onClose: () => void }) {
  const router = useRouter();
  const [name, setName] = useState(token.name);
  const [note, setNote] = useState(token.note);
  const [cidrs, setCidrs] = useState<string[]>(token.allowedCidrs);
  const [rateLimit, setRateLimit] = useState(token.rateLimit);
  const { run, pending, fieldErrors } = useAction(updateTokenAction, {
    success: "Saved",
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const cidrError = Object.entries(fieldErrors).find(([path]) => path.startsWith("allowedCidrs"))?.[1];
  return (
    <FormDialog
      title="Edit the token"
      description="Its holder, role, servers and scopes stay as minted."
      submitLabel="Save"
      busy={pending}
      missing={name.trim() ? null : "Give it a name first"}
      onSubmit={() => void run({ tokenId: token.id, name, note, allowedCidrs: cidrs, rateLimit })}
      onClose={onClose}
    >
      <Field label="Name" required error={fieldErrors.name}>
        <Input
          data-autofocus
          value={name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <RateLimitField
        value={rateLimit}
        onChange={setRateLimit}
        error={fieldErrors["rateLimit.limit"] ?? fieldErrors.rateLimit}
      />
      <CidrField value={cidrs} onChange={setCidrs} error={cidrError} />
      <Field label="Note" optional error={fieldErrors.note}>
        <Textarea rows={3} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
      </Field>
    </FormDialog>
  );
}
