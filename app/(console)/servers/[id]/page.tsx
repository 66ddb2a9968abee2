import type { Metadata } from "next";
import { z } from "zod";
import { allOf } from "@/app/_lib/all-of";
import { requirePersonCtx, type PersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { Forbidden } from "@/components/shell/refusal";
import { Badge } from "@/components/ui/badge";
import { PageHeader } from "@/components/ui/page-header";
import { Tabs } from "@/components/ui/tabs";
import { may } from "@/lib/authz/require";
import { env } from "@/lib/env";
import { listKeys } from "@/lib/key/list";
import { getChallenges } from "@/lib/oauth/challenges";
import { listScopes } from "@/lib/scope/list";
import { listServerRoles, pageServerHolders } from "@/lib/server/access";
import { pageHoldersSchema, type ServerRoleDto } from "@/lib/server/access-schema";
import { getServer } from "@/lib/server/list";
import type { ServerDto } from "@/lib/server/schema";
import { listTools } from "@/lib/tool/list";
import { listToolsSchema } from "@/lib/tool/schema";
import { GrantsOf } from "../../_components/grants-of";
import { AccessTab } from "../_components/access-tab";
import { ConnectTab } from "../_components/connect-tab";
import { KeysTab } from "../_components/keys-tab";
import { OverviewTab } from "../_components/overview-tab";
import { ServerActions } from "../_components/server-actions";
import { ServerStatus } from "../_components/server-status";
import { SERVER_TABS, tabHref, type ServerTab } from "../_components/server-tabs";
import { ToolsTab } from "../_components/tools-tab";

export const metadata: Metadata = { title: "Server" };

const querySchema = z.object({
  tab: z.enum(SERVER_TABS).default("overview"),
  ...listToolsSchema.omit({ serverId: true }).shape,
  ...pageHoldersSchema.shape,
  /** `import=1` and `issue=1` open the panel of that name. */
  import: z.stringbool().default(false),
  issue: z.stringbool().default(false),
});
type Query = z.output<typeof querySchema>;
type TabProps = { ctx: PersonCtx; server: ServerDto; roles: ServerRoleDto[] | null; query: Query };

export default async function ServerPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}) {
  const ctx = await requirePersonCtx();
  const [{ id }, query] = await Promise.all([params, readSearchParams(querySchema, searchParams)]);
  const server = await load(getServer(ctx, { serverId: id }));
  if (!server) return <Forbidden what="this server" />;
  const seesAll = may(ctx, "server.read");
  const roles = seesAll && may(ctx, "role.read") ? await listServerRoles(ctx, { serverId: id }) : null;
  const tabs = tabsOf(server, seesAll, roles);
  const current = tabs.find(({ value }) => value === query.tab)?.value ?? "overview";
  return (
    <>
      <PageHeader
        title={server.name}
        breadcrumb={[{ label: "Servers", href: "/servers" }]}
        badge={
          <>
            <ServerStatus server={server} />
            {server.builtin ? <Badge tone="info">built-in, read-only</Badge> : null}
          </>
        }
        description={server.description || undefined}
        meta={
          <>
            <code className="mono wrap-anywhere">{server.resource}</code>
            <code className="mono text-ink-3">{server.id}</code>
          </>
        }
        actions={
          may(ctx, "server.write") && !server.builtin ? (
            <ServerActions server={server} mayRevoke={may(ctx, "token.revoke.many")} />
          ) : undefined
        }
      />
      <Tabs tabs={tabs} current={current} label={`About ${server.name}`} />
      <Tab current={current} ctx={ctx} server={server} roles={roles} query={query} />
    </>
  );
}

type TabLink = { value: ServerTab; label: string; href: string; count?: number };

/** The tabs that this server has for this reader. The built-in one has no tools and keys of its own. */
function tabsOf(server: ServerDto, seesAll: boolean, roles: readonly ServerRoleDto[] | null): TabLink[] {
  const tab = (value: ServerTab, label: string, count?: number) => ({
    value,
    label,
    href: tabHref(server.id, value),
    count,
  });
  const { counts, builtin } = server;
  return [
    tab("overview", "Overview"),
    ...(builtin ? [] : [tab("tools", "Tools", counts.tools)]),
    ...(seesAll && !builtin ? [tab("keys", "Keys", counts.liveKeys)] : []),
    ...(roles ? [tab("access", "Who can call this", roles.length)] : []),
    ...(builtin ? [] : [tab("connect", "Connect")]),
  ];
}

function Tab({ current, ...props }: TabProps & { current: ServerTab }) {
  if (current === "tools") return <Tools {...props} />;
  if (current === "keys") return <Keys {...props} />;
  if (current === "access") return <Access {...props} />;
  if (current === "connect") return <Connect {...props} />;
  return <Overview {...props} />;
}

const scopesOf = (ctx: PersonCtx, serverId: string) => allOf((page) => listScopes(ctx, { ...page, serverId }));

async function Overview({ ctx, server, roles }: TabProps) {
  const [scopes, keys] = await Promise.all([
    scopesOf(ctx, server.id),
    may(ctx, "server.read") ? listKeys(ctx, { serverId: server.id }) : null,
  ]);
  return (
    <OverviewTab
      server={server}
      scopes={scopes}
      keys={keys?.items ?? null}
      roles={roles}
      mayWrite={may(ctx, "server.write")}
      mayWriteScopes={may(ctx, "scope.write")}
      gatehouseUrl={env().GATEHOUSE_URL}
    />
  );
}

async function Tools({ ctx, server, query }: TabProps) {
  const { limit, cursor, q, drift, closed } = query;
  const [tools, scopes] = await Promise.all([
    listTools(ctx, { limit, cursor, q, drift, closed, serverId: server.id }),
    scopesOf(ctx, server.id),
  ]);
  return (
    <ToolsTab
      server={server}
      tools={tools}
      scopes={scopes.map(({ name, access }) => ({ name, access }))}
      rights={{ mayWrite: may(ctx, "tool.write"), mayCreateScopes: may(ctx, "scope.write") }}
      importing={query.import}
    />
  );
}

async function Keys({ ctx, server, query }: TabProps) {
  const { items } = await listKeys(ctx, { serverId: server.id });
  return (
    <KeysTab
      server={server}
      keys={items}
      mayWrite={may(ctx, "key.write")}
      issuing={query.issue}
      gatehouseUrl={env().GATEHOUSE_URL}
    />
  );
}

async function Access({ ctx, server, roles, query }: TabProps) {
  const { q, role, page, pageSize } = query;
  const holders = await load(pageServerHolders(ctx, { serverId: server.id, q, role, page, pageSize }));
  if (!holders) return <Forbidden what="who can call this server" />;
  return (
    <div className="flex flex-col gap-8">
      <AccessTab
        server={server}
        roles={roles ?? []}
        holders={holders}
        query={{ q, role }}
        mayCreateRole={may(ctx, "role.write") && !server.builtin}
      />
      {may(ctx, "grant.read") && !server.builtin ? (
        <GrantsOf
          ctx={ctx}
          filter={{ serverId: server.id }}
          title="Connected agents"
          empty="Nobody has let an agent act for them here."
        />
      ) : null}
    </div>
  );
}

async function Connect({ ctx, server }: TabProps) {
  const [{ items }, challenges] = await Promise.all([
    listTools(ctx, { serverId: server.id, limit: 1, closed: false }),
    may(ctx, "server.read") ? getChallenges(ctx, { serverId: server.id }) : null,
  ]);
  return (
    <ConnectTab
      server={server}
      tool={items[0]?.name ?? "my_tool"}
      gatehouseUrl={env().GATEHOUSE_URL}
      challenges={challenges}
      mayMint={may(ctx, "token.mint") || may(ctx, "token.mint.own")}
    />
  );
}
