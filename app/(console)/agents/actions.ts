"use server";

import { defineAction } from "@/app/_lib/define-action";
import { createAgent } from "@/lib/agent/create";
import { createAgentSchema, updateOneAgentSchema } from "@/lib/agent/schema";
import { updateAgent } from "@/lib/agent/update";
import {
  issueOneSecretSchema,
  revokeOneSecretSchema,
  setOneClientSchema,
  setOneIdleTimeoutSchema,
  setOnePregrantedSchema,
} from "@/lib/oauth/client-schema";
import { decideOneApprovalSchema, endApprovalSchema } from "@/lib/oauth/approval-schema";
import { decideApproval, endApproval } from "@/lib/oauth/approvals";
import { narrowGrant } from "@/lib/oauth/narrow-grant";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { narrowOneGrantSchema, revokeOneGrantSchema } from "@/lib/oauth/schema";
import { issueSecret, revokeSecret, setClient } from "@/lib/oauth/set-client";
import { setIdleTimeout } from "@/lib/oauth/set-idle-timeout";
import { setPregranted } from "@/lib/oauth/set-pregranted";

export const createAgentAction = defineAction(createAgentSchema, createAgent);
export const updateAgentAction = defineAction(updateOneAgentSchema, updateAgent);
export const narrowGrantAction = defineAction(narrowOneGrantSchema, narrowGrant);
export const revokeGrantAction = defineAction(revokeOneGrantSchema, revokeGrant);
export const setClientAction = defineAction(setOneClientSchema, setClient);
export const setIdleTimeoutAction = defineAction(setOneIdleTimeoutSchema, setIdleTimeout);
export const setPregrantedAction = defineAction(setOnePregrantedSchema, setPregranted);
export const issueSecretAction = defineAction(issueOneSecretSchema, issueSecret);
export const revokeSecretAction = defineAction(revokeOneSecretSchema, revokeSecret);
export const decideApprovalAction = defineAction(decideOneApprovalSchema, decideApproval);
export const endApprovalAction = defineAction(endApprovalSchema, endApproval);
