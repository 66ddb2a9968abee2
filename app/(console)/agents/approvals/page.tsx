import type { Metadata } from "next";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { EntityLink } from "@/components/entity/entity-link";
import { Forbidden } from "@/components/shell/refusal";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import { may } from "@/lib/authz/require";
import type { ApprovalDto } from "@/lib/oauth/approval-schema";
import { listApprovals } from "@/lib/oauth/approvals";
import { AgentsTabs } from "../_components/agents-tabs";
import { DecideApproval } from "../_components/decide-approval";
import { EndApproval } from "../_components/end-approval";

export const metadata: Metadata = { title: "Approvals" };

const SHOWN = 100;

/** What people have asked the admins about agents: what waits first, then what was decided. */
export default async function ApprovalsPage() {
  const ctx = await requirePersonCtx();
  const [waiting, all] = await Promise.all([
    load(listApprovals(ctx, { limit: SHOWN, state: "pending" })),
    load(listApprovals(ctx, { limit: SHOWN })),
  ]);
  if (!waiting || !all) return <Forbidden what="approvals" />;
  const decided = all.items.filter(({ state }) => state !== "pending");
  const mayDecide = may(ctx, "approval.decide");
  return (
    <>
      <PageHeader title="Agents" description="What people may let agents do only when an admin has agreed." />
      <AgentsTabs ctx={ctx} current="approvals" />
      <div className="flex flex-col gap-6">
        <Card title="Waiting" flush={waiting.items.length > 0}>
          {waiting.items.length === 0 ? (
            <p className="text-body text-ink-2">Nobody waits for a decision.</p>
          ) : (
            <ul className="divide-hairline divide-y">
              {waiting.items.map((approval) => (
                <Line key={approval.id} approval={approval} mayDecide={mayDecide} />
              ))}
            </ul>
          )}
        </Card>
        {decided.length > 0 ? (
          <Card title="Decided" description={all.nextCursor ? `The newest ${SHOWN}` : undefined} flush>
            <ul className="divide-hairline divide-y">
              {decided.map((approval) => (
                <Line key={approval.id} approval={approval} mayDecide={mayDecide} />
              ))}
            </ul>
          </Card>
        ) : null}
      </div>
    </>
  );
}

function Line({ approval, mayDecide }: { approval: ApprovalDto; mayDecide: boolean }) {
  const { agent, person, server, scopes, client } = approval;
  const wish = [client ? "let it in" : null, scopes.length > 0 ? scopes.join(", ") : null]
    .filter(Boolean)
    .join(", and ");
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="text-body text-ink wrap-anywhere">
          <EntityLink kind="person" id={person.id} name={person.name} icon={false} className="align-baseline" /> asks
          for <EntityLink kind="agent" id={agent.id} name={agent.name} icon={false} className="align-baseline" />
          {agent.host ? <span className="text-ink-2"> of {agent.host}</span> : null} on{" "}
          <EntityLink kind="server" id={server.id} name={server.name} icon={false} className="align-baseline" />:{" "}
          <span className="mono">{wish}</span>
        </p>
        <p className="text-body text-ink-2 mt-1 wrap-anywhere">“{approval.reason}”</p>
        <p className="text-meta text-ink-2 mt-1 wrap-anywhere">
          <Time at={approval.createdAt} />
          {approval.note ? ` · answer: ${approval.note}` : null}
          {approval.inForce && approval.expiresAt ? (
            <>
              {" · counts until "}
              <Time at={approval.expiresAt} />
            </>
          ) : null}
        </p>
      </div>
      <div className="flex items-center gap-2">
        {approval.state === "pending" ? (
          approval.decidable ? (
            <DecideApproval approval={{ id: approval.id, agent: agent.name, person: person.name, client, scopes }} />
          ) : (
            <StatusBadge tone="expiring">{mayDecide ? "Waits for another admin" : "Waiting"}</StatusBadge>
          )
        ) : (
          <>
            <StatusBadge tone={approval.inForce ? "allow" : approval.state === "refused" ? "deny" : "neutral"}>
              {approval.inForce ? "Agreed" : approval.state === "refused" ? "Refused" : "Ended"}
            </StatusBadge>
            {mayDecide && approval.inForce ? <EndApproval approval={{ id: approval.id, agent: agent.name }} /> : null}
          </>
        )}
      </div>
    </li>
  );
}
