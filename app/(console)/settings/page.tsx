import type { Metadata } from "next";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { Forbidden } from "@/components/shell/refusal";
import { Callout } from "@/components/ui/callout";
import { PageHeader } from "@/components/ui/page-header";
import { getRetention } from "@/lib/audit/retention/policy";
import { listSinks } from "@/lib/audit/sinks/list";
import { may } from "@/lib/authz/require";
import { env } from "@/lib/env";
import { issuerConcern } from "@/lib/issuer";
import { listTrustedIssuers } from "@/lib/oauth/trusted-issuers";
import { getPolicy } from "@/lib/policy/instance";
import { AccessPolicy } from "./_components/access-policy";
import { ApprovalPolicy } from "./_components/approval-policy";
import { DocumentPolicy } from "./_components/document-policy";
import { Keeping } from "./_components/keeping";
import { RegistrationPolicy } from "./_components/registration-policy";
import { SecondFactorPolicy } from "./_components/second-factor-policy";
import { SecretPolicy } from "./_components/secret-policy";
import { Sinks } from "./_components/sinks";
import { TrustedIssuers } from "./_components/trusted-issuers";

export const metadata: Metadata = { title: "Settings" };

/** What holds for the whole instance. Each card is saved by itself. */
export default async function SettingsPage() {
  const ctx = await requirePersonCtx();
  const [policy, issuers, sinks, retention] = await Promise.all([
    load(getPolicy(ctx)),
    may(ctx, "agent.read") ? load(listTrustedIssuers(ctx, {})) : null,
    may(ctx, "sink.read") ? load(listSinks(ctx, {})) : null,
    may(ctx, "retention.read") ? load(getRetention(ctx)) : null,
  ]);
  if (!policy) return <Forbidden what="the settings" />;
  const mayWrite = may(ctx, "policy.write");
  const key = JSON.stringify(policy);
  const concern = issuerConcern(env().GATEHOUSE_URL);
  return (
    <>
      <PageHeader
        title="Settings"
        description="How people sign in, which agents may ask them for access, and how long what they get lasts. What is said of agents counts for what comes: those that are known stay known."
      />
      <div className="flex max-w-3xl flex-col gap-6">
        {concern ? (
          <Callout tone="expiring" title="The public address is not https">
            {concern}
          </Callout>
        ) : null}
        <SecondFactorPolicy key={`f${key}`} policy={policy} mayWrite={mayWrite} />
        <RegistrationPolicy key={`r${key}`} policy={policy} mayWrite={mayWrite} />
        <DocumentPolicy key={`d${key}`} policy={policy} mayWrite={mayWrite} />
        <ApprovalPolicy key={`p${key}`} policy={policy} mayWrite={mayWrite} />
        <AccessPolicy key={`a${key}`} policy={policy} mayWrite={mayWrite} />
        <SecretPolicy key={`s${key}`} policy={policy} mayWrite={mayWrite} />
        {issuers ? <TrustedIssuers issuers={issuers.items} mayWrite={may(ctx, "person.elevate")} /> : null}
        {sinks ? <Sinks sinks={sinks.items} mayWrite={may(ctx, "sink.write")} /> : null}
        {retention ? <Keeping retention={retention} /> : null}
      </div>
    </>
  );
}
