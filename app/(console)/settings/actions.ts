"use server";

import { defineAction } from "@/app/_lib/define-action";
import { updatePolicySchema } from "@/lib/policy/schema";
import { updatePolicy } from "@/lib/policy/update";

export const updatePolicyAction = defineAction(updatePolicySchema, updatePolicy);
