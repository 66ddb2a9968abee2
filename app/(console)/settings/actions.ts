"use server";

import { defineAction } from "@/app/_lib/define-action";
import { removeIssuerSchema, setIssuerSchema } from "@/lib/oauth/issuer-schema";
import { removeTrustedIssuer, setTrustedIssuer } from "@/lib/oauth/trusted-issuers";
import { updatePolicySchema } from "@/lib/policy/schema";
import { updatePolicy } from "@/lib/policy/update";

export const updatePolicyAction = defineAction(updatePolicySchema, updatePolicy);
export const setTrustedIssuerAction = defineAction(setIssuerSchema, setTrustedIssuer);
export const removeTrustedIssuerAction = defineAction(removeIssuerSchema, removeTrustedIssuer);
