"use server";

import { z } from "zod";
import { actionOf, defineAction } from "@/app/_lib/define-action";
import { setSessionCookie } from "@/app/_lib/session-cookie";
import { idField } from "@/lib/fields";
import { removeSecondFactor, renewRecoveryCodes } from "@/lib/second-factor/own";
import { changePassword } from "@/lib/session/change-password";
import { revokeOtherSessions, revokeSession } from "@/lib/session/revoke";
import { changePasswordSchema, type ChangePasswordInput } from "@/lib/session/schema";

export const changePasswordAction = defineAction(
  changePasswordSchema,
  actionOf("person.password_change", async (ctx, input: ChangePasswordInput) => {
    await setSessionCookie(await changePassword(ctx, input));
    return null;
  }),
);

export const endSessionAction = defineAction(z.strictObject({ sessionId: idField }), revokeSession);
export const endOtherSessionsAction = defineAction(z.void(), revokeOtherSessions);
export const removeSecondFactorAction = defineAction(z.void(), removeSecondFactor);
export const renewRecoveryCodesAction = defineAction(z.void(), renewRecoveryCodes);
