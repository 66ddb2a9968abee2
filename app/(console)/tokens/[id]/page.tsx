import type { Metadata } from "next";
import { requirePersonCtx, type PersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { HistoryCard } from "@/components/audit/history-card";
import { EntityLink } from "@/components/entity/entity-link";
import { Forbidden } from "@/components/shell/refusal";
import { KindBadge } from "@/components/token/kind-badge";
import { TokenStatusBadge } from "@/components/token/token-status-badge";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/page-header";
import { Time } from "@/components/ui/time";
import { historyOfThing } from "@/lib/audit/search";
import { searchAuditSchema } from "@/lib/audit/schema";
import { may } from "@/lib/authz/require";
import { getToken } from "@/lib/token/get";
import type { TokenDetailDto } from "@/lib/token/schema";
import { EffectiveAccess } from "../_components/effective-access";
import { RevocationCard } from "../_components/revocation-card";
import { RotationCard } from "../_components/rotation-card";
import { TokenActions } from "../_components/token-actions";
import { TokenFlags } from "../_components/token-flags";

export const metadata: Metadata = { title: "Token" };

export default async function TokenPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await requirePersonCtx();
  const { id } = await params;
  const token = await load(getToken(ctx, { tokenId: id }));
  if (!token) return <Forbidden what="this token" />;
  const permitted = permissionsOn(ctx, token);
  return (
    <>
      <PageHeader
        title={token.name}
        breadcrumb={[{ label: "Tokens", href: "/tokens" }]}
        badge={<TokenStatusBadge status={token.status} flags={token.flags} />}
        meta={
          <>
            <code className="mono">{token.masked}</code>
            <KindBadge kind={token.kind} />
            <code className="mono text-ink-3">{token.id}</code>
          </>
        }
        actions={<TokenActions token={token} {...permitted} />}
      />
      <div className="flex flex-col gap-6">
        <TokenFlags flags={token.flags} />
        <RotationCard token={token} mayRevoke={permitted.mayRevoke} />
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_340px]">
          <div className="flex min-w-0 flex-col gap-6">
            <RevocationCard ctx={ctx} token={token} />
            <EffectiveAccess token={token} />
            {may(ctx, "audit.read") ? <History ctx={ctx} tokenId={token.id} /> : null}
          </div>
          <div className="flex flex-col gap-6">
            <Use token={token} />
            <Terms token={token} />
          </div>
        </div>
      </div>
    </>
  );
}

/** What the reader may do with this token: for the buttons; the verbs decide. */
function permissionsOn(ctx: PersonCtx, token: TokenDetailDto) {
  const own = token.person?.id === ctx.actor.personId;
  return {
    mayRotate: may(ctx, "token.rotate") || (own && may(ctx, "token.rotate.own")),
    mayEdit: may(ctx, "token.write") || (own && may(ctx, "token.write.own")),
    mayRevoke: may(ctx, "token.revoke") || (own && may(ctx, "token.revoke.own")),
  };
}

function Use({ token }: { token: TokenDetailDto }) {
  const { activity } = token;
  return (
    <Card title="Use" description="Written down every few seconds.">
      <DescriptionList
        columns={1}
        items={[
          { term: "Last used", detail: <Time at={activity.lastUsedAt} never="no use noted yet" /> },
          { term: "Last tool", detail: activity.lastTool ? <code className="mono">{activity.lastTool}</code> : "none" },
          {
            term: "Last address",
            detail: activity.lastIp ? <code className="mono">{activity.lastIp}</code> : "unknown",
          },
          { term: "Allowed calls", detail: activity.allowed.toLocaleString("en-US") },
          { term: "Denied calls", detail: activity.denied.toLocaleString("en-US") },
        ]}
      />
    </Card>
  );
}

function Terms({ token }: { token: TokenDetailDto }) {
  const { person, agent, role } = token;
  return (
    <Card title="Terms">
      <DescriptionList
        columns={1}
        items={[
          ...(person
            ? [{ term: "Person", detail: <EntityLink kind="person" id={person.id} name={person.name} /> }]
            : []),
          ...(agent ? [{ term: "Agent", detail: <EntityLink kind="agent" id={agent.id} name={agent.name} /> }] : []),
          { term: "Role", detail: <EntityLink kind="role" id={role.id} name={role.name} /> },
          { term: "Scopes", detail: token.scopes === null ? "follow the role" : "narrowed" },
          { term: "Expires", detail: <Time at={token.expiresAt} /> },
          ...(token.notBefore ? [{ term: "Not before", detail: <Time at={token.notBefore} /> }] : []),
          {
            term: "Rate limit",
            detail: token.rateLimit ? `${token.rateLimit.limit} per ${token.rateLimit.windowSeconds} s` : "none",
          },
          {
            term: "Addresses",
            detail:
              token.allowedCidrs.length > 0 ? (
                <code className="mono wrap-anywhere">{token.allowedCidrs.join(", ")}</code>
              ) : (
                "any"
              ),
          },
          { term: "Minted", detail: <Time at={token.createdAt} /> },
          { term: "Minted by", detail: token.createdByName ?? token.createdBy },
          ...(token.note ? [{ term: "Note", detail: <span className="whitespace-pre-line">{token.note}</span> }] : []),
        ]}
      />
    </Card>
  );
}

async function History({ ctx, tokenId }: { ctx: PersonCtx; tokenId: string }) {
  const items = await historyOfThing(ctx, searchAuditSchema.parse({ token: tokenId, limit: 15 }));
  return <HistoryCard entries={items} query={`token=${tokenId}`} description="Its calls and changes, newest first." />;
}
