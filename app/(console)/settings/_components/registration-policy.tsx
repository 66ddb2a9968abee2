"use client";

import { useState } from "react";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import type { Admission, PolicyDto } from "@/lib/policy/schema";
import { fromLines, toLines } from "./lines";
import { PolicyCard } from "./policy-card";

/** Who may register itself as a client (RFC 7591). */
export function RegistrationPolicy({ policy, mayWrite }: { policy: PolicyDto; mayWrite: boolean }) {
  const [registration, setRegistration] = useState<Admission>(policy.registration);
  const [places, setPlaces] = useState(() => toLines(policy.registrationPlaces));
  const listed = fromLines(places);
  return (
    <PolicyCard
      title="Agents that register themselves"
      description="Dynamic client registration. Nobody vouches for the name that such an agent gives itself."
      mayWrite={mayWrite}
      changed={registration !== policy.registration || places !== toLines(policy.registrationPlaces)}
      missing={registration === "listed" && listed.length === 0 ? "List a place first, or switch it off" : null}
      input={{ registration, registrationPlaces: listed }}
    >
      {(errorOf) => (
        <>
          <RadioGroup
            aria-label="Who may register itself"
            value={registration}
            onValueChange={(next) => setRegistration(next as Admission)}
            disabled={!mayWrite}
            options={[
              {
                value: "off",
                label: "Nobody",
                description: "An admin adds each agent, or it is known by its document.",
              },
              {
                value: "listed",
                label: "Those that go on to a listed place",
                description: "The answer to a person's consent reaches these places alone.",
              },
              { value: "open", label: "Anybody", description: "Each of them still asks people, one by one." },
            ]}
          />
          {registration === "open" ? (
            <Callout tone="expiring" title="Anybody can have people asked">
              A page that looks like this one, under a name of its choice, may send what they allow anywhere.
            </Callout>
          ) : null}
          {registration === "listed" ? (
            <Field
              label="Places"
              required
              hint="One per line: a host (claude.ai), or an app's scheme with its colon (cursor:). Ports and paths do not matter."
              error={errorOf("registrationPlaces")}
            >
              <Textarea
                mono
                rows={8}
                spellCheck={false}
                value={places}
                onChange={(event) => setPlaces(event.target.value)}
              />
            </Field>
          ) : null}
        </>
      )}
    </PolicyCard>
  );
}
