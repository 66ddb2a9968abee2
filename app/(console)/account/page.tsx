import type { Metadata } from "next";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { CONSOLE_ROLE_TEXT } from "@/components/person/console-role-text";
import { ConsoleRoleBadge } from "@/components/person/person-badges";
import { Forbidden } from "@/components/shell/refusal";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/authz/require";
import { getPerson } from "@/lib/person/list";
import { getOwnSecondFactor } from "@/lib/second-factor/own";
import { listSessions } from "@/lib/session/list";
import { GrantsOf } from "../_components/grants-of";
import { OwnNotices } from "../_components/notices";
import { RolesCard } from "../_components/roles-card";
import { TokensOf } from "../_components/tokens-of";
import { ChangePassword } from "./_components/change-password";
import { SecondFactor } from "./_components/second-factor";
import { Sessions } from "./_components/sessions";
import { SingleSignOn } from "./_components/single-sign-on";
import { ThemeChoice } from "./_components/theme-choice";

export const metadata: Metadata = { title: "Account" };

/** Everything about the reader themself. Every permission that a console role has reaches one's own person. */
export default async function AccountPage() {
  const ctx = await requirePersonCtx();
  const [person, sessions, secondFactor] = await Promise.all([
    load(getPerson(ctx, { personId: ctx.actor.personId })),
    load(listSessions(ctx)),
    load(getOwnSecondFactor(ctx)),
  ]);
  if (!person || !sessions || !secondFactor) return <Forbidden what="your account" />;
  const mayMint = person.roles.length > 0 && (may(ctx, "token.mint") || may(ctx, "token.mint.own"));
  const { word, permits } = CONSOLE_ROLE_TEXT[person.consoleRole];
  return (
    <>
      <PageHeader
        title="Your account"
        meta={
          <>
            <span className="text-ink">{person.name}</span>
            <span>{person.email}</span>
            <ConsoleRoleBadge role={person.consoleRole} />
          </>
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_380px]">
        <div className="flex min-w-0 flex-col gap-6">
          <Sessions sessions={sessions} />
          {person.signIn.sso ? <SingleSignOn person={{ id: person.id, name: person.name }} /> : null}
          {person.signIn.password ? (
            <ChangePassword email={person.email} />
          ) : (
            <Card title="Password">
              <p className="text-body text-ink-2">
                You have none: you sign in with single sign-on, and your password is kept there.
              </p>
            </Card>
          )}
          <SecondFactor factor={secondFactor} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Card title={`What you may do as ${word.toLowerCase()}`}>
            <ul className="text-body text-ink-2 flex list-disc flex-col gap-1.5 pl-4">
              {permits.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </Card>
          <RolesCard roles={person.roles} empty="You hold none yet. Ask an admin for one to mint tokens." />
          <OwnNotices ctx={ctx} />
          <GrantsOf
            ctx={ctx}
            filter={{ personId: person.id }}
            title="Connected agents"
            empty="No agent is connected. One that supports MCP sign-in finds its way here by itself."
          />
          <TokensOf
            ctx={ctx}
            filter={{ personId: person.id }}
            mintHref={mayMint ? `/tokens/new?person=${person.id}` : undefined}
          />
          <ThemeChoice />
        </div>
      </div>
    </>
  );
}
