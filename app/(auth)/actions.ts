"use server";

import { actionOf, defineAction } from "@/app/_lib/define-action";
import { setSessionCookie } from "@/app/_lib/session-cookie";
import { acceptInvitation, readInvitation } from "@/lib/session/accept-invitation";
import { completeFirstRun } from "@/lib/session/first-run";
import { reauthenticate } from "@/lib/session/reauthenticate";
import { completeReset } from "@/lib/session/reset-password";
import {
  acceptInvitationSchema,
  completeResetSchema,
  firstRunSchema,
  linkSchema,
  reauthenticateSchema,
  type AcceptInvitationInput,
  type FirstRunInput,
} from "@/lib/session/schema";

export const firstRunAction = defineAction(
  firstRunSchema,
  actionOf("person.first_run", async (ctx, input: FirstRunInput) => {
    await setSessionCookie(await completeFirstRun(ctx, input));
    return null;
  }),
);

export const readInvitationAction = defineAction(linkSchema, readInvitation);

export const acceptInvitationAction = defineAction(
  acceptInvitationSchema,
  actionOf("person.accept_invitation", async (ctx, input: AcceptInvitationInput) => {
    await setSessionCookie(await acceptInvitation(ctx, input));
    return null;
  }),
);

export const completeResetAction = defineAction(completeResetSchema, completeReset);

export const reauthenticateAction = defineAction(
  reauthenticateSchema,
  actionOf("session.reauthenticate", async (ctx, input: { password: string }) => {
    await setSessionCookie(await reauthenticate(ctx, input));
    return null;
  }),
);
