"use server";

import { cookies } from "next/headers";
import { actionOf, defineAction } from "@/app/_lib/define-action";
import { askApprovalSchema } from "@/lib/oauth/approval-schema";
import { askApproval, giveConsent, refuseConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { giveConsentSchema, refuseConsentSchema } from "@/lib/oauth/schema";

/** The browser that answers is the one that asked: its own cookie says so, not the form. */
const startedHere = async (): Promise<string | null> => (await cookies()).get(STARTED_COOKIE)?.value ?? null;

export const giveConsentAction = defineAction(
  giveConsentSchema.omit({ startedHere: true }),
  actionOf("grant.give", async (ctx, input) => giveConsent(ctx, { ...input, startedHere: await startedHere() })),
);

export const refuseConsentAction = defineAction(
  refuseConsentSchema.omit({ startedHere: true }),
  actionOf("grant.refuse", async (ctx, input) => refuseConsent(ctx, { ...input, startedHere: await startedHere() })),
);

export const askApprovalAction = defineAction(
  askApprovalSchema.omit({ startedHere: true }),
  actionOf("approval.ask", async (ctx, input) => askApproval(ctx, { ...input, startedHere: await startedHere() })),
);
