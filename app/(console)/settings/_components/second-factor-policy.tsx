"use client";

import { useState } from "react";
import { RadioGroup } from "@/components/ui/radio-group";
import type { PolicyDto, SecondFactorRequirement } from "@/lib/policy/schema";
import { PolicyCard } from "./policy-card";

/** Who must have a second factor. */
export function SecondFactorPolicy({ policy, mayWrite }: { policy: PolicyDto; mayWrite: boolean }) {
  const [required, setRequired] = useState<SecondFactorRequirement>(policy.requireSecondFactor);
  return (
    <PolicyCard
      title="Second factor"
      description="Who has one gives a code of it at every sign-in. Who must have one and has none sets it up before anything else, with their next click."
      mayWrite={mayWrite}
      changed={required !== policy.requireSecondFactor}
      input={{ requireSecondFactor: required }}
    >
      {() => (
        <RadioGroup
          aria-label="Who must have a second factor"
          value={required}
          onValueChange={(next) => setRequired(next as SecondFactorRequirement)}
          disabled={!mayWrite}
          options={[
            { value: "off", label: "Nobody must", description: "Each person decides for themself, under Account." },
            { value: "admins", label: "Owners and admins", description: "Those who can change what others may do." },
            {
              value: "everyone",
              label: "Everyone",
              description: "Single sign-on counts where the provider says that it asked for more than one factor.",
            },
          ]}
        />
      )}
    </PolicyCard>
  );
}
