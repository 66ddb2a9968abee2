"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import type { PolicyDto } from "@/lib/policy/schema";
import { PolicyCard } from "./policy-card";

/** How old the secrets may become with which agents prove who they are. */
export function SecretPolicy({ policy, mayWrite }: { policy: PolicyDto; mayWrite: boolean }) {
  const [days, setDays] = useState(String(policy.secretRotationDays));
  const [refuse, setRefuse] = useState(policy.refuseOverdueSecrets);
  const typed = days.trim() === "" ? null : Number(days);
  return (
    <PolicyCard
      title="Client secrets"
      description="Agents prove with them who they are. One that is due is shown on its agent's page and in the overview."
      mayWrite={mayWrite}
      changed={typed !== policy.secretRotationDays || refuse !== policy.refuseOverdueSecrets}
      missing={typed === null || Number.isNaN(typed) ? "Give the days first, as a number" : null}
      input={{ secretRotationDays: typed ?? undefined, refuseOverdueSecrets: refuse }}
    >
      {(errorOf) => (
        <>
          <Field
            label="Replace after (days)"
            required
            hint="Counted from when it was issued. 0: no secret is ever due. At most 3650."
            error={errorOf("secretRotationDays")}
          >
            <Input
              inputMode="numeric"
              autoComplete="off"
              className="max-w-28"
              value={days}
              onChange={(event) => setDays(event.target.value)}
            />
          </Field>
          <Switch
            label="Refuse secrets that are overdue"
            description="At once: an agent with no newer one gets no tokens until it has one. Those that it holds live out their time."
            checked={refuse}
            onCheckedChange={setRefuse}
            disabled={!mayWrite}
          />
        </>
      )}
    </PolicyCard>
  );
}
