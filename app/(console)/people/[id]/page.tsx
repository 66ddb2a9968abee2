import type { Metadata } from "next";
import { requirePersonCtx, type PersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { AgentKindBadge, AgentStatusBadge } from "@/components/agent/agent-badges";
import { EntityLink } from "@/components/entity/entity-link";
import { CONSOLE_ROLE_TEXT } from "@/components/person/console-role-text";
import { ConsoleRoleBadge, PersonStatusBadge } from "@/components/person/person-badges";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/page-header";
import { Time } from "@/components/ui/time";
import { pageAgents } from "@/lib/agent/page";
import { pageAgentsSchema } from "@/lib/agent/schema";
import { may } from "@/lib/authz/require";
import { getPerson } from "@/lib/person/list";
import type { PersonDto } from "@/lib/person/schema";
import { GrantsOf } from "../../_components/grants-of";
import { History } from "../../_components/history";
import { loadRoleOptions } from "../../_components/role-options";
import { RolesCard } from "../../_components/roles-card";
import { TokensOf } from "../../_components/tokens-of";
import { ErasePerson } from "../_components/erase-person";
import { PersonActions } from "../_components/person-actions";
import { PersonRoles } from "../_components/person-roles";

export const metadata: Metadata = { title: "Person" };

export default async function PersonPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await requirePersonCtx();
  const { id } = await params;
  const person = await load(getPerson(ctx, { personId: id }));
  if (!person) return <Forbidden what="this person" />;
  const self = person.id === ctx.actor.personId;
  return (
    <>
      <PageHeader
        title={self ? `${person.name} (you)` : person.name}
        breadcrumb={[{ label: "People", href: "/people" }]}
        badge={<PersonStatusBadge status={person.status} />}
        meta={
          <>
            {person.erasedAt ? null : <span>{person.email}</span>}
            <ConsoleRoleBadge role={person.consoleRole} />
            <code className="mono text-ink-3">{person.id}</code>
          </>
        }
        actions={
          person.erasedAt ? undefined : may(ctx, "person.write") ? (
            <PersonActions
              person={person}
              self={self}
              mayElevate={may(ctx, "person.elevate")}
              mayRevoke={may(ctx, "token.revoke.many")}
              mayEndSessions={may(ctx, "session.revoke")}
              mayUnlink={may(ctx, "identity.unlink")}
              mayResetFactor={may(ctx, "second_factor.reset")}
            />
          ) : self ? (
            <ButtonLink href="/account">Your account</ButtonLink>
          ) : undefined
        }
      />
      <div className="flex flex-col gap-6">
        <StateNote person={person} />
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_380px]">
          <div className="flex min-w-0 flex-col gap-6">
            <TokensOf ctx={ctx} filter={{ personId: person.id }} mintHref={mintHref(ctx, person, self)} />
            {may(ctx, "grant.read") || self ? (
              <GrantsOf
                ctx={ctx}
                filter={{ personId: person.id }}
                title="Connected agents"
                empty="They have let no agent act for them."
              />
            ) : null}
            <History ctx={ctx} by="person" id={person.id} description="What they did, and what was done to them." />
          </div>
          <div className="flex min-w-0 flex-col gap-6">
            <Facts person={person} />
            <Roles ctx={ctx} person={person} />
            <OwnedAgents ctx={ctx} personId={person.id} />
            {may(ctx, "person.erase") && !self && !person.erasedAt ? <ErasePerson person={person} /> : null}
          </div>
        </div>
      </div>
    </>
  );
}

function mintHref(ctx: PersonCtx, person: PersonDto, self: boolean): string | undefined {
  if (person.status === "suspended" || person.roles.length === 0) return undefined;
  return may(ctx, "token.mint") || (self && may(ctx, "token.mint.own")) ? `/tokens/new?person=${person.id}` : undefined;
}

function StateNote({ person }: { person: PersonDto }) {
  if (person.erasedAt)
    return (
      <Callout tone="deny" title="Erased">
        Their name and address are gone for good since <Time at={person.erasedAt} format="local" />. What they did stays
        in the audit log under this id.
      </Callout>
    );
  if (person.status === "suspended")
    return (
      <Callout tone="deny" title="Suspended">
        They cannot sign in, and calls with their tokens are refused. Machine agents that they own go on working.
      </Callout>
    );
  if (person.status !== "invited") return null;
  return (
    <Callout tone="expiring" title="Has not accepted the invitation yet">
      {person.invitationExpiresAt ? (
        <>
          The link works until <Time at={person.invitationExpiresAt} format="local" />.
        </>
      ) : (
        "No link works any more: make a new one."
      )}
    </Callout>
  );
}

function Facts({ person }: { person: PersonDto }) {
  const ways = [person.signIn.password ? "password" : null, person.signIn.sso ? "single sign-on" : null];
  return (
    <Card title="Facts">
      <DescriptionList
        items={[
          {
            term: "Console role",
            detail: (
              <>
                {CONSOLE_ROLE_TEXT[person.consoleRole].word}
                <span className="text-meta text-ink-2 block">{CONSOLE_ROLE_TEXT[person.consoleRole].sentence}</span>
              </>
            ),
          },
          { term: "Signs in with", detail: ways.filter(Boolean).join(", ") || "nothing yet" },
          { term: "Second factor", detail: person.signIn.secondFactor ? "authenticator app" : "none of their own" },
          { term: "Last sign-in", detail: <Time at={person.lastSignInAt} /> },
          { term: "Open sessions", detail: person.counts.openSessions },
          { term: "Added", detail: <Time at={person.createdAt} /> },
        ]}
      />
    </Card>
  );
}

async function Roles({ ctx, person }: { ctx: PersonCtx; person: PersonDto }) {
  const elevated = person.consoleRole === "owner" || person.consoleRole === "admin";
  return (
    <RolesCard
      roles={person.roles}
      empty="None: no token can be minted for them."
      action={
        may(ctx, "role.assign") && !person.erasedAt ? (
          <PersonRoles
            key={person.updatedAt + person.roles.map((role) => role.id).join()}
            person={{ id: person.id, name: person.name, roleIds: person.roles.map((role) => role.id) }}
            options={await loadRoleOptions(ctx)}
            disabledReason={
              elevated && !may(ctx, "person.elevate") ? "Only an owner changes the roles of owners and admins" : null
            }
          />
        ) : undefined
      }
    />
  );
}

async function OwnedAgents({ ctx, personId }: { ctx: PersonCtx; personId: string }) {
  const { items, total } = await pageAgents(ctx, pageAgentsSchema.parse({ ownerId: personId }));
  const shown = items.slice(0, 6);
  return (
    <Card
      title="Agents they own"
      flush={total > 0}
      actions={
        total > shown.length ? (
          <ButtonLink size="sm" variant="ghost" href={`/agents?ownerId=${personId}`}>
            All {total}
          </ButtonLink>
        ) : undefined
      }
    >
      {total === 0 ? (
        <p className="text-body text-ink-2">None.</p>
      ) : (
        <ul className="divide-hairline divide-y">
          {shown.map((agent) => (
            <li key={agent.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
              <span className="min-w-0 flex-1 basis-32">
                <EntityLink kind="agent" id={agent.id} name={agent.name} className="text-body" />
              </span>
              <AgentKindBadge kind={agent.kind} />
              <AgentStatusBadge agent={agent} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
