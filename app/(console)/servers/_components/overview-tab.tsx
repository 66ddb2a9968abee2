import { CodeBlock } from "@/components/ui/code-block";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { formatDuration } from "@/components/ui/format-time";
import { Time } from "@/components/ui/time";
import type { KeyDto } from "@/lib/key/schema";
import type { ScopeDto } from "@/lib/scope/schema";
import type { ServerRoleDto } from "@/lib/server/access-schema";
import type { ServerDto } from "@/lib/server/schema";
import Link from "next/link";
import { findingsOf } from "./attention";
import { FindingsList } from "./findings-list";
import { OAuthTokens } from "./oauth-tokens";
import { ScopesCard } from "./scopes-card";
import { tabHref } from "./server-tabs";

/** The server in a glance: what needs attention, its scopes, its facts. */
export function OverviewTab({
  server,
  scopes,
  keys,
  roles,
  mayWrite,
  mayWriteScopes,
  gatehouseUrl,
}: {
  server: ServerDto;
  scopes: readonly ScopeDto[];
  keys: readonly KeyDto[] | null;
  roles: readonly ServerRoleDto[] | null;
  mayWrite: boolean;
  mayWriteScopes: boolean;
  gatehouseUrl: string;
}) {
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_340px]">
      <div className="flex min-w-0 flex-col gap-6">
        {server.builtin ? <BuiltinNote gatehouseUrl={gatehouseUrl} /> : null}
        <FindingsList findings={findingsOf(server, keys, roles)} mayAct={mayWrite} />
        <ScopesCard server={server} scopes={scopes} mayWrite={mayWriteScopes && !server.builtin} />
      </div>
      <div className="flex min-w-0 flex-col gap-6">
        <Facts server={server} keys={keys} roles={roles} />
        {server.builtin ? null : <OAuthTokens server={server} mayWrite={mayWrite} />}
      </div>
    </div>
  );
}

function BuiltinNote({ gatehouseUrl }: { gatehouseUrl: string }) {
  return (
    <>
      <Callout tone="info" title="This is Gatehouse itself">
        Its admin API, guarded like any other server: a token for it, under a role that names its scopes, may do through
        the API what those scopes permit. Its scopes are fixed, and it stands alone: a token for it is for nothing else.
      </Callout>
      <CodeBlock
        label="Call it with an admin token"
        code={`curl ${gatehouseUrl}/api/v1/tokens \\\n  -H "Authorization: Bearer $GATEHOUSE_ADMIN_TOKEN"`}
      />
    </>
  );
}

/** The latest moment at which any of its keys was used; null where none was. */
function lastAsked(keys: readonly KeyDto[]): string | null {
  return keys.reduce<string | null>(
    (latest, { lastUsedAt }) => (lastUsedAt && (!latest || lastUsedAt > latest) ? lastUsedAt : latest),
    null,
  );
}

function Facts({
  server,
  keys,
  roles,
}: {
  server: ServerDto;
  keys: readonly KeyDto[] | null;
  roles: readonly ServerRoleDto[] | null;
}) {
  const { counts, builtin } = server;
  return (
    <Card title="Facts">
      <DescriptionList
        columns={1}
        items={[
          {
            term: "State",
            detail:
              server.status === "active"
                ? "Active: calls are decided by tokens, roles and scopes."
                : "Disabled: every call is refused.",
          },
          { term: "Resource", detail: <code className="mono">{server.resource}</code> },
          { term: "Slug", detail: <code className="mono">{server.slug}</code> },
          ...(builtin
            ? []
            : [
                { term: "Tools", detail: <Count href={tabHref(server.id, "tools")} value={counts.tools} /> },
                { term: "Unlisted tools", detail: "refused" },
                { term: "Tools imported", detail: <Time at={server.importedAt} /> },
              ]),
          ...(server.importUrl && server.importUrl !== server.resource
            ? [{ term: "From", detail: <code className="mono">{server.importUrl}</code> }]
            : []),
          ...(keys && !builtin
            ? [
                { term: "Live keys", detail: <Count href={tabHref(server.id, "keys")} value={counts.liveKeys} /> },
                { term: "Last asked", detail: <Time at={lastAsked(keys)} /> },
              ]
            : []),
          ...(roles
            ? [
                { term: "Roles", detail: <Count href={tabHref(server.id, "access")} value={roles.length} /> },
                {
                  term: "Live tokens",
                  detail: <Count href={`/tokens?serverId=${server.id}`} value={counts.liveTokens} />,
                },
                ...(builtin
                  ? []
                  : [
                      {
                        term: "Connected",
                        detail: (
                          <Count href={`/agents/connected?serverId=${server.id}`} value={counts.liveConnections} />
                        ),
                      },
                    ]),
              ]
            : []),
          {
            term: "Longest token",
            detail:
              server.maxTokenLifetimeSeconds === null
                ? "by the instance's policy"
                : formatDuration(server.maxTokenLifetimeSeconds),
          },
          ...(builtin
            ? []
            : [{ term: "Arguments", detail: server.auditLevel === "full" ? "kept in the audit log" : "not kept" }]),
          { term: "Registered", detail: <Time at={server.createdAt} /> },
          { term: "Changed", detail: <Time at={server.updatedAt} /> },
        ]}
      />
    </Card>
  );
}

function Count({ href, value }: { href: string; value: number }) {
  if (value === 0) return <span className="text-ink-3">none</span>;
  return (
    <Link href={href} className="text-accent inline-flex min-h-6 items-center rounded-sm underline underline-offset-2">
      {value.toLocaleString("en-US")}
    </Link>
  );
}
