"use server";

import { defineAction } from "@/app/_lib/define-action";
import { placeHold, releaseHold } from "@/lib/audit/retention/holds";
import { setRetention } from "@/lib/audit/retention/policy";
import { placeHoldSchema, releaseHoldSchema, setRetentionSchema } from "@/lib/audit/retention/schema";

export const setRetentionAction = defineAction(setRetentionSchema, setRetention);
export const placeHoldAction = defineAction(placeHoldSchema, placeHold);
export const releaseHoldAction = defineAction(releaseHoldSchema, releaseHold);
