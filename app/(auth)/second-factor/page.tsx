import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentCtx } from "@/app/_lib/ctx";
import { secondStepSecret } from "@/app/_lib/session-cookie";
import { isMultiFactor } from "@/lib/second-factor/classes";
import { safeReturnTo } from "@/lib/session/return-to";
import { readSecondStep } from "@/lib/session/second-step";
import { GiveCodeForm } from "../_components/give-code-form";
import { SetUpForm } from "../_components/set-up-form";

export const metadata: Metadata = { title: "Second factor" };

type Query = { returnTo?: string | string[] };

/**
 * Between the password and the console: gives the code of a second factor, or sets one up where the policy, or an agent's
 * request, asks for one.
 */
export default async function SecondFactorPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { returnTo: given } = await searchParams;
  const returnTo = safeReturnTo(Array.isArray(given) ? given[0] : given);
  const ctx = await currentCtx();
  const { actor } = ctx;
  if (actor.kind !== "person") {
    const waiting = await readSecondStep(ctx, await secondStepSecret());
    if (!waiting) redirect(returnTo === "/" ? "/sign-in" : `/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    return <GiveCodeForm step="sign-in" email={waiting.email} returnTo={returnTo} />;
  }
  if (actor.owes === "code") return <GiveCodeForm step="session" email={actor.email} returnTo={returnTo} />;
  const need = actor.owes === "enrolment" ? "required" : isMultiFactor(actor.amr) ? "met" : "asked";
  return <SetUpForm need={need} email={actor.email} returnTo={returnTo} />;
}
