import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentCtx } from "@/app/_lib/ctx";
import { env } from "@/lib/env";
import { isFirstRun } from "@/lib/session/first-run";
import { safeReturnTo } from "@/lib/session/return-to";
import { FormFrame } from "../_components/form-frame";
import { SignInForm } from "../_components/sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

type Query = { returnTo?: string | string[]; error?: string | string[]; callbackUrl?: string | string[] };
const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const returnTo = safeReturnTo(one(query.returnTo));
  if ((await currentCtx()).actor.kind === "person") redirect(returnTo);
  if (await isFirstRun())
    return (
      <FormFrame
        title="Nobody owns this Gatehouse yet"
        description="Open the one-time link that was printed in the terminal when Gatehouse started. It creates the first owner. Start Gatehouse again to get a new one."
      />
    );
  const ssoName = env().GATEHOUSE_OIDC_ISSUER ? env().GATEHOUSE_OIDC_NAME : null;
  return <SignInForm returnTo={returnTo} ssoName={ssoName} initialError={one(query.error) ?? null} />;
}
