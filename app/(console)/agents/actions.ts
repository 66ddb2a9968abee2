"use server";

import { defineAction } from "@/app/_lib/define-action";
import { createAgent } from "@/lib/agent/create";
import { createAgentSchema, updateOneAgentSchema } from "@/lib/agent/schema";
import { updateAgent } from "@/lib/agent/update";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { revokeOneGrantSchema } from "@/lib/oauth/schema";

export const createAgentAction = defineAction(createAgentSchema, createAgent);
export const updateAgentAction = defineAction(updateOneAgentSchema, updateAgent);
export const revokeGrantAction = defineAction(revokeOneGrantSchema, revokeGrant);
