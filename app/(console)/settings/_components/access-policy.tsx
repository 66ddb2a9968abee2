"use client";

import { useState } from "react";
import { fromSpanDraft, toSpanDraft } from "@/components/ui/span";
import { SpanField } from "@/components/ui/span-field";
import type { PolicyDto } from "@/lib/policy/schema";
import { PolicyCard } from "./policy-card";

/** How long what a person agreed to lasts. */
export function AccessPolicy({ policy, mayWrite }: { policy: PolicyDto; mayWrite: boolean }) {
  const [idle, setIdle] = useState(() => toSpanDraft(policy.refreshIdleSeconds));
  const [whole, setWhole] = useState(() => toSpanDraft(policy.grantLifetimeSeconds));
  const [rest, setRest] = useState(() => toSpanDraft(policy.idleTimeoutSeconds));
  const [refreshIdleSeconds, grantLifetimeSeconds] = [fromSpanDraft(idle), fromSpanDraft(whole)];
  const idleTimeoutSeconds = fromSpanDraft(rest);
  return (
    <PolicyCard
      title="How long connected agents keep their access"
      description="Who gave it can end it at any time, and so can an admin."
      mayWrite={mayWrite}
      changed={
        refreshIdleSeconds !== policy.refreshIdleSeconds ||
        grantLifetimeSeconds !== policy.grantLifetimeSeconds ||
        idleTimeoutSeconds !== policy.idleTimeoutSeconds
      }
      missing={refreshIdleSeconds === null || grantLifetimeSeconds === null ? "Give both spans first" : null}
      input={{
        refreshIdleSeconds: refreshIdleSeconds ?? undefined,
        grantLifetimeSeconds: grantLifetimeSeconds ?? undefined,
        idleTimeoutSeconds,
      }}
    >
      {(errorOf) => (
        <>
          <SpanField
            label="Unused"
            required
            hint="An agent that does not refresh its access for so long must ask again. At most 366 days."
            value={idle}
            onChange={setIdle}
            error={errorOf("refreshIdleSeconds")}
          />
          <SpanField
            label="Without a call"
            optional
            placeholder="never"
            hint="Access ends where its agent makes no allowed call for so long, at once for what was given before too. An agent's own limit goes before it."
            value={rest}
            onChange={setRest}
            error={errorOf("idleTimeoutSeconds")}
          />
          <SpanField
            label="In all"
            required
            hint="After so long it must ask again in any case. Counts for access that is given from now on. At most 1830 days."
            value={whole}
            onChange={setWhole}
            error={errorOf("grantLifetimeSeconds")}
          />
        </>
      )}
    </PolicyCard>
  );
}
