import { SearchX, ShieldCheck, Users } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { EntityLink } from "@/components/entity/entity-link";
import { AccessBadge } from "@/components/scope/access-badge";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { Pagination } from "@/components/ui/pagination";
import { StatusBadge } from "@/components/ui/status-badge";
import type { NumberedPage } from "@/lib/page";
import type { ServerHolderDto, ServerRoleDto } from "@/lib/server/access-schema";
import type { ServerDto } from "@/lib/server/schema";
import { tabHref } from "./server-tabs";

/** Who can call this: the roles that reach the server, and the people and agents who hold them. */
export function AccessTab({
  server,
  roles,
  holders,
  query,
  mayCreateRole,
}: {
  server: ServerDto;
  roles: readonly ServerRoleDto[];
  holders: NumberedPage<ServerHolderDto>;
  query: { q?: string; role?: string };
  mayCreateRole: boolean;
}) {
  const createRole = mayCreateRole ? (
    <ButtonLink href={`/roles/new?server=${server.id}`}>Create a role</ButtonLink>
  ) : undefined;
  return (
    <div className="flex flex-col gap-8">
      {server.status === "disabled" ? (
        <Callout tone="revoked" title="Nobody, while it is disabled">
          What stands here holds again once the server is enabled.
        </Callout>
      ) : null}
      <section aria-labelledby="access-roles">
        <Heading id="access-roles" title="Through these roles" action={roles.length > 0 ? createRole : undefined}>
          With the scopes that each gives here today. A wildcard gives more when the server offers more.
        </Heading>
        <DataTable
          label="Roles that reach this server"
          columns={roleColumns(server)}
          rows={roles}
          rowKey={(role) => role.id}
          empty={
            <EmptyState
              icon={<ShieldCheck />}
              title="No role names this server"
              description="Nobody can be given a token for it until a role names its scopes."
              action={createRole}
            />
          }
        />
      </section>
      {roles.length > 0 ? (
        <section aria-labelledby="access-holders">
          <Heading id="access-holders" title="These people and agents">
            They hold one of the roles. A call needs a live token besides.
          </Heading>
          <FilterBar
            search={{ placeholder: "Name or e-mail address" }}
            filters={[
              { param: "role", label: "Role", options: roles.map(({ id, name }) => ({ value: id, label: name })) },
            ]}
          />
          <DataTable
            label="Who holds a role that reaches this server"
            columns={holderColumns(server)}
            rows={holders.items}
            rowKey={(holder) => holder.id}
            empty={
              query.q || query.role || holders.total > 0 ? (
                <EmptyState
                  icon={<SearchX />}
                  title="Nobody matches"
                  description="Change the search or the role."
                  action={<ButtonLink href={tabHref(server.id, "access")}>Show everybody</ButtonLink>}
                />
              ) : (
                <EmptyState
                  icon={<Users />}
                  title="Nobody holds these roles yet"
                  description="Give one to a person or a machine agent on their page."
                />
              )
            }
          />
          <Pagination page={holders.page} pageSize={holders.pageSize} total={holders.total} noun="holders" />
        </section>
      ) : null}
    </div>
  );
}

function Heading({
  id,
  title,
  action,
  children,
}: {
  id: string;
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
      <div className="min-w-0">
        <h2 id={id} className="text-section text-ink font-semibold">
          {title}
        </h2>
        <p className="text-body text-ink-2">{children}</p>
      </div>
      {action}
    </div>
  );
}

function roleColumns(server: ServerDto): readonly Column<ServerRoleDto>[] {
  const total = server.counts.tools;
  return [
    {
      key: "role",
      header: "Role",
      cell: (role) => (
        <div className="min-w-0 py-1">
          <EntityLink kind="role" id={role.id} name={role.name} className="font-medium" />
          <div className="mono text-ink-3 text-meta wrap-anywhere">{role.patterns.join(", ")}</div>
        </div>
      ),
    },
    {
      key: "scopes",
      header: "Gives today",
      from: "sm",
      cell: (role) =>
        role.scopes.length === 0 ? (
          <span className="text-ink-3">nothing</span>
        ) : (
          <ul className="flex flex-col gap-1 py-1">
            {role.scopes.map(({ name, access }) => (
              <li key={name} className="flex flex-wrap items-center gap-1.5">
                <span className="mono text-meta wrap-anywhere">{name}</span>
                <AccessBadge access={access} />
              </li>
            ))}
          </ul>
        ),
    },
    {
      key: "tools",
      header: "Tools",
      align: "right",
      from: "md",
      cell: (role) => (total === 0 ? <None /> : `${role.openTools} of ${total}`),
    },
    {
      key: "people",
      header: "People",
      align: "right",
      from: "lg",
      cell: ({ counts }) => <Count value={counts.people} />,
    },
    {
      key: "agents",
      header: "Agents",
      align: "right",
      from: "lg",
      cell: ({ counts }) => <Count value={counts.agents} />,
    },
    {
      key: "tokens",
      header: "Live tokens",
      align: "right",
      cell: (role) => <Count value={role.counts.liveTokens} href={`/tokens?serverId=${server.id}&roleId=${role.id}`} />,
    },
  ];
}

function holderColumns(server: ServerDto): readonly Column<ServerHolderDto>[] {
  return [
    {
      key: "holder",
      header: "Who",
      cell: (holder) => (
        <div className="min-w-0 py-1">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <EntityLink kind={holder.kind} id={holder.id} name={holder.name} className="font-medium" />
            {holder.kind === "agent" ? <Badge>{holder.detail} agent</Badge> : null}
            <span className="sm:hidden">{holder.access ? <AccessBadge access={holder.access} /> : null}</span>
            {holder.suspended ? <StatusBadge tone="revoked">suspended</StatusBadge> : null}
          </span>
          {holder.kind === "person" ? <div className="text-ink-3 text-meta wrap-anywhere">{holder.detail}</div> : null}
        </div>
      ),
    },
    {
      key: "roles",
      header: "Through",
      from: "sm",
      cell: (holder) => (
        <span className="flex flex-wrap gap-x-3">
          {holder.roles.map(({ id, name }) => (
            <EntityLink key={id} kind="role" id={id} name={name} icon={false} />
          ))}
        </span>
      ),
    },
    {
      key: "access",
      header: "Up to",
      from: "sm",
      cell: ({ access }) =>
        access === null ? <span className="text-ink-3">nothing</span> : <AccessBadge access={access} />,
    },
    {
      key: "tokens",
      header: "Live tokens",
      align: "right",
      cell: (holder) => (
        <Count
          value={holder.liveTokens}
          href={`/tokens?serverId=${server.id}&${holder.kind}Id=${encodeURIComponent(holder.id)}`}
        />
      ),
    },
  ];
}

function None() {
  return <span className="text-ink-3">none</span>;
}

function Count({ value, href }: { value: number; href?: string }) {
  if (value === 0) return <None />;
  const text = value.toLocaleString("en-US");
  if (!href) return text;
  return (
    <Link href={href} className="text-accent inline-flex min-h-6 items-center rounded-sm underline underline-offset-2">
      {text}
    </Link>
  );
}
