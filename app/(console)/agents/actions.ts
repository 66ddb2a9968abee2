"use server";

import { defineAction } from "@/app/_lib/define-action";
import { createAgent } from "@/lib/agent/create";
import { createAgentSchema, updateOneAgentSchema } from "@/lib/agent/schema";
import { updateAgent } from "@/lib/agent/update";

export const createAgentAction = defineAction(createAgentSchema, createAgent);
export const updateAgentAction = defineAction(updateOneAgentSchema, updateAgent);
