"use client";

import { useState } from "react";
import { Switch } from "@/components/ui/switch";
import type { PolicyDto } from "@/lib/policy/schema";
import { PolicyCard } from "./policy-card";

/** What people may let agents do only when an admin has agreed. */
export function ApprovalPolicy({ policy, mayWrite }: { policy: PolicyDto; mayWrite: boolean }) {
  const [approveClients, setApproveClients] = useState(policy.approveClients);
  const [approveAdminScopes, setApproveAdminScopes] = useState(policy.approveAdminScopes);
  return (
    <PolicyCard
      title="Approvals"
      description="People who meet one of these ask the admins from the page where they are asked themselves. What is switched on counts at once, for connected agents too."
      mayWrite={mayWrite}
      changed={approveClients !== policy.approveClients || approveAdminScopes !== policy.approveAdminScopes}
      input={{ approveClients, approveAdminScopes }}
    >
      {() => (
        <>
          <Switch
            label="Agents that introduced themselves"
            description="An admin lets each of them in once, for everybody."
            checked={approveClients}
            onCheckedChange={setApproveClients}
            disabled={!mayWrite}
          />
          <Switch
            label="Scopes with admin access"
            description="An admin agrees for each person, agent and server."
            checked={approveAdminScopes}
            onCheckedChange={setApproveAdminScopes}
            disabled={!mayWrite}
          />
        </>
      )}
    </PolicyCard>
  );
}
