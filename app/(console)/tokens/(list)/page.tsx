import { KeyRound, SearchX } from "lucide-react";
import type { Metadata } from "next";
import { requirePersonCtx, type PersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { EntityLink } from "@/components/entity/entity-link";
import { Forbidden } from "@/components/shell/refusal";
import { KindBadge } from "@/components/token/kind-badge";
import { TokenStatusBadge } from "@/components/token/token-status-badge";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, type Filter } from "@/components/ui/filter-bar";
import { FilterChips } from "@/components/ui/filter-chips";
import { PageHeader } from "@/components/ui/page-header";
import { Pagination } from "@/components/ui/pagination";
import { Time } from "@/components/ui/time";
import { may } from "@/lib/authz/require";
import { pageTokens } from "@/lib/token/list";
import { pageTokensSchema, type TokenDto } from "@/lib/token/schema";
import Link from "next/link";
import { loadLinkChips } from "../../_components/link-chips";
import { RevokeEverything } from "../_components/revoke-everything";

export const metadata: Metadata = { title: "Tokens" };

/** The console shows what lives unless asked otherwise; the filter says so. */
const consoleSchema = pageTokensSchema.extend({ state: pageTokensSchema.shape.state.default("live") });

const FILTERS: readonly Filter[] = [
  {
    param: "state",
    label: "Show",
    defaultValue: "live",
    anyLabel: null,
    options: [
      { value: "live", label: "Live" },
      { value: "ended", label: "Ended" },
      { value: "all", label: "All" },
    ],
  },
  {
    param: "status",
    label: "Status",
    options: [
      { value: "active", label: "Active" },
      { value: "expiring", label: "Expiring" },
      { value: "retiring", label: "Rotating out" },
      { value: "blocked", label: "Blocked" },
      { value: "not_yet_valid", label: "Not yet valid" },
      { value: "expired", label: "Expired" },
      { value: "revoked", label: "Revoked" },
    ],
  },
  {
    param: "kind",
    label: "Access",
    options: [
      { value: "ro", label: "Read-only" },
      { value: "rw", label: "Read and write" },
      { value: "adm", label: "Admin API" },
    ],
  },
  {
    param: "flag",
    label: "Needs a look",
    options: [
      { value: "never_used", label: "Never used" },
      { value: "dormant", label: "Long unused" },
      { value: "no_rate_limit", label: "No rate limit" },
      { value: "expiring", label: "Expires within 7 days" },
      { value: "retiring", label: "Rotation in progress" },
    ],
  },
];

const COLUMNS: readonly Column<TokenDto>[] = [
  {
    key: "name",
    header: "Name",
    sortKey: "name",
    cell: (token) => (
      <div className="flex min-w-0 flex-col">
        <Link
          href={`/tokens/${token.id}`}
          className="text-ink inline-flex max-w-80 items-center rounded-sm font-medium hover:underline"
        >
          <span className="truncate">{token.name}</span>
        </Link>
        <div className="mono text-ink-3 text-meta leading-4">{token.masked}</div>
      </div>
    ),
  },
  { key: "holder", header: "For", from: "sm", cell: (token) => <Holder token={token} /> },
  {
    key: "role",
    header: "Role",
    from: "lg",
    cell: (token) => <EntityLink kind="role" id={token.role.id} name={token.role.name} icon={false} />,
  },
  { key: "access", header: "Access", from: "lg", cell: (token) => <KindBadge kind={token.kind} /> },
  {
    key: "servers",
    header: "Servers",
    from: "xl",
    cell: (token) => <span className="text-ink-2">{token.servers.map((server) => server.name).join(", ")}</span>,
  },
  { key: "status", header: "Status", cell: (token) => <TokenStatusBadge status={token.status} flags={token.flags} /> },
  {
    key: "lastUsed",
    header: "Last used",
    sortKey: "last_used",
    firstOrder: "desc",
    from: "md",
    cell: (token) => <Time at={token.lastUsedAt} never="never used" />,
  },
  { key: "expires", header: "Expires", sortKey: "expires", from: "md", cell: (token) => <Time at={token.expiresAt} /> },
];

function Holder({ token }: { token: TokenDto }) {
  return (
    <div className="flex flex-col items-start *:min-h-5">
      {token.person ? <EntityLink kind="person" id={token.person.id} name={token.person.name} /> : null}
      {token.agent ? <EntityLink kind="agent" id={token.agent.id} name={token.agent.name} /> : null}
    </div>
  );
}

/** How many tokens live, whatever the filters show. */
async function countLive(ctx: PersonCtx): Promise<number> {
  return (await pageTokens(ctx, pageTokensSchema.parse({ state: "live" }))).total;
}

export default async function TokensPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  const query = await readSearchParams(consoleSchema, searchParams);
  const page = await load(pageTokens(ctx, query));
  if (!page) return <Forbidden what="tokens" />;
  const mint =
    may(ctx, "token.mint") || may(ctx, "token.mint.own") ? (
      <ButtonLink href="/tokens/new" variant="primary">
        Mint a token
      </ButtonLink>
    ) : undefined;
  const narrowed = Boolean(
    query.q ||
    query.status ||
    query.kind ||
    query.flag ||
    query.personId ||
    query.agentId ||
    query.roleId ||
    query.serverId,
  );
  const empty =
    narrowed || query.state !== "live" ? (
      <EmptyState
        icon={<SearchX />}
        title="No token matches"
        description="Change the search or the filters, or show ended ones too."
        action={<ButtonLink href="/tokens?state=all">Show all tokens</ButtonLink>}
      />
    ) : (
      <EmptyState
        icon={<KeyRound />}
        title="No tokens yet"
        description="A token lets one person or agent call tools on the servers you choose, under one role, until it expires or you revoke it."
        action={mint}
      />
    );
  return (
    <>
      <PageHeader
        title="Tokens"
        description="Static credentials for people and agents, each under one role."
        actions={
          <>
            {may(ctx, "token.revoke.many") ? <RevokeEverything liveTokens={await countLive(ctx)} /> : null}
            {mint}
          </>
        }
      />
      <FilterBar filters={FILTERS} search={{ placeholder: "Name, id or last four" }} />
      <FilterChips chips={await loadLinkChips(ctx, query)} />
      <DataTable
        label="Tokens"
        columns={COLUMNS}
        rows={page.items}
        rowKey={(token) => token.id}
        sorting={{ sort: query.sort, order: query.order }}
        empty={empty}
      />
      <Pagination page={page.page} pageSize={page.pageSize} total={page.total} noun="tokens" />
    </>
  );
}
