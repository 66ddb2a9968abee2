"use server";

import { defineAction } from "@/app/_lib/define-action";
import { mintToken } from "@/lib/token/mint";
import { revokeAllTokens } from "@/lib/token/revoke-all";
import { revokeTokens } from "@/lib/token/revoke";
import { rotateToken } from "@/lib/token/rotate";
import {
  mintTokenSchema,
  revokeAllSchema,
  revokeBySchema,
  rotateOneTokenSchema,
  updateOneTokenSchema,
} from "@/lib/token/schema";
import { updateToken } from "@/lib/token/update";

export const mintTokenAction = defineAction(mintTokenSchema, mintToken);
export const rotateTokenAction = defineAction(rotateOneTokenSchema, rotateToken);
export const revokeTokenAction = defineAction(revokeBySchema, revokeTokens);
export const revokeAllTokensAction = defineAction(revokeAllSchema, revokeAllTokens);
export const updateTokenAction = defineAction(updateOneTokenSchema, updateToken);
