import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentCtx, secondFactorPage } from "@/app/_lib/ctx";
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
  const { actor } = await currentCtx();
  if (actor.kind === "person") redirect(actor.owes === null ? returnTo : secondFactorPage(returnTo));
  if (await isFirstRun())
    return (
      <FormFrame
        title="Nobody owns this Gatehouse yet"
        description="Its first owner is made with a one-time link, so that it is somebody who runs the machine."
      >
        <ol className="text-form text-ink-2 flex list-decimal flex-col gap-2 pl-5">
          <li>Look at the terminal in which Gatehouse was started.</li>
          <li>
            Open the link there that begins with{" "}
            <code className="text-ink font-mono">{env().GATEHOUSE_URL}/first-run#</code>
          </li>
          <li>It works once, for 24 hours. Start Gatehouse again to get a new one.</li>
        </ol>
      </FormFrame>
    );
  const ssoName = env().GATEHOUSE_OIDC_ISSUER ? env().GATEHOUSE_OIDC_NAME : null;
  return <SignInForm returnTo={returnTo} ssoName={ssoName} initialError={one(query.error) ?? null} />;
}
