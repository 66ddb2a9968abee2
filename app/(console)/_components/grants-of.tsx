import Link from "next/link";
import type { PersonCtx } from "@/app/_lib/ctx";
import { AccessBadge } from "@/components/scope/access-badge";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { Time } from "@/components/ui/time";
import { may } from "@/lib/authz/require";
import { listGrants } from "@/lib/oauth/grants";
import { listGrantsSchema, type GrantDto } from "@/lib/oauth/schema";
import { EndGrant } from "./end-grant";
import { NarrowGrant } from "./narrow-grant";

const SHOWN = 20;

/** What people let agents do, as far as it concerns one of them: who, where, what, since when; and the way to end it. */
export async function GrantsOf({
  ctx,
  filter,
  title,
  empty,
}: {
  ctx: PersonCtx;
  filter: { personId: string } | { agentId: string } | { serverId: string };
  title: string;
  empty: string;
}) {
  const { items, nextCursor } = await listGrants(
    ctx,
    listGrantsSchema.parse({ ...filter, status: "live", limit: SHOWN }),
  );
  const [[param, id] = ["", ""]] = Object.entries(filter);
  const own = (grant: GrantDto) => grant.person.id === ctx.actor.personId && may(ctx, "grant.revoke.own");
  return (
    <Card
      title={title}
      description={
        items.length === 0 ? undefined : `${nextCursor ? `The newest ${SHOWN}` : items.length} signed in with OAuth`
      }
      flush={items.length > 0}
      actions={
        <ButtonLink size="sm" variant="ghost" href={`/agents/connected?status=all&${param}=${id}`}>
          All, also ended
        </ButtonLink>
      }
    >
      {items.length === 0 ? (
        <p className="text-body text-ink-2">{empty}</p>
      ) : (
        <ul className="divide-hairline divide-y">
          {items.map((grant) => (
            <GrantLine
              key={grant.id}
              grant={grant}
              subject={"personId" in filter ? "person" : "agentId" in filter ? "agent" : "server"}
              mayEnd={may(ctx, "grant.revoke") || own(grant)}
              mayOpen={may(ctx, "agent.read")}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

function GrantLine({
  grant,
  subject,
  mayEnd,
  mayOpen,
}: {
  grant: GrantDto;
  /** Whose page this is: that need not be said in each line. */
  subject: "person" | "agent" | "server";
  mayEnd: boolean;
  mayOpen: boolean;
}) {
  const { agent, person, server, scopes, tools } = grant;
  const name = subject === "agent" ? person.name : agent.name;
  const href = subject === "agent" ? `/people/${person.id}` : `/agents/${agent.id}`;
  const rest = [
    subject === "server" ? `for ${person.name}` : `on ${server.name}`,
    subject !== "agent" && agent.host ? `of ${agent.host}` : null,
  ].filter(Boolean);
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-56">
        {mayOpen ? (
          <Link
            href={href}
            className="text-body text-ink inline-flex min-h-6 max-w-full items-center rounded-sm font-medium hover:underline"
          >
            <span className="truncate">{name}</span>
          </Link>
        ) : (
          <span className="text-body text-ink block truncate font-medium">{name}</span>
        )}
        <span className="text-meta text-ink-2 block wrap-anywhere">
          {rest.join(", ")}; since <Time at={grant.createdAt} />, last used <Time at={grant.lastUsedAt} never="never" />
        </span>
        <span className="mt-1.5 flex flex-wrap items-center gap-1.5">
          {scopes.map((scope) => (
            <span key={scope.name} className="inline-flex items-center gap-1">
              <span className="mono text-ink-2">{scope.name}</span>
              {scope.access === "read" ? null : <AccessBadge access={scope.access} />}
            </span>
          ))}
          {tools ? <Badge>{tools.length === 1 ? "one tool" : `${tools.length} tools`}</Badge> : null}
        </span>
      </div>
      {mayEnd ? (
        <span className="flex items-center gap-2">
          <NarrowGrant grant={{ id: grant.id, agent, server, scopes }} />
          <EndGrant grant={{ id: grant.id, agent: agent.name, person: person.name, server: server.name }} />
        </span>
      ) : null}
    </li>
  );
}
