"use server";

import { z } from "zod";
import { actionOf, defineAction } from "@/app/_lib/define-action";
import { clearSecondStepCookie, secondStepSecret, setSessionCookie } from "@/app/_lib/session-cookie";
import { confirmEnrolment, startEnrolment } from "@/lib/second-factor/enrol";
import { giveCodeSchema, type GiveCodeInput } from "@/lib/second-factor/schema";
import { giveSecondFactor } from "@/lib/second-factor/step-up";
import { acceptInvitation, readInvitation } from "@/lib/session/accept-invitation";
import { completeFirstRun } from "@/lib/session/first-run";
import { reauthenticate } from "@/lib/session/reauthenticate";
import { completeReset } from "@/lib/session/reset-password";
import { completeSecondStep } from "@/lib/session/second-step";
import {
  acceptInvitationSchema,
  completeResetSchema,
  firstRunSchema,
  linkSchema,
  reauthenticateSchema,
  type AcceptInvitationInput,
  type FirstRunInput,
  type ReauthenticateInput,
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
  actionOf("session.reauthenticate", async (ctx, input: ReauthenticateInput) => {
    await setSessionCookie(await reauthenticate(ctx, input));
    return null;
  }),
);

/** The second step of a sign-in: which one is the browser's own cookie's to say, not the form's. */
export const completeSecondStepAction = defineAction(
  giveCodeSchema,
  actionOf("session.second_factor", async (ctx, { code }: GiveCodeInput) => {
    const replaces = ctx.actor.kind === "person" ? ctx.actor.sessionId : null;
    await setSessionCookie(await completeSecondStep(ctx, { secret: (await secondStepSecret()) ?? "", code, replaces }));
    await clearSecondStepCookie();
    return null;
  }),
);

export const giveSecondFactorAction = defineAction(
  giveCodeSchema,
  actionOf("session.second_factor", async (ctx, input: GiveCodeInput) => {
    await setSessionCookie(await giveSecondFactor(ctx, input));
    return null;
  }),
);

export const startEnrolmentAction = defineAction(z.void(), startEnrolment);

export const confirmEnrolmentAction = defineAction(
  giveCodeSchema,
  actionOf("person.second_factor_enrol", async (ctx, input: GiveCodeInput) => {
    const { session, recoveryCodes } = await confirmEnrolment(ctx, input);
    await setSessionCookie(session);
    return { recoveryCodes };
  }),
);
