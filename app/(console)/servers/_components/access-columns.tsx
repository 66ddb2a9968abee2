import Link from "next/link";
import { EntityLink } from "@/components/entity/entity-link";
import { AccessBadge } from "@/components/scope/access-badge";
import { Badge } from "@/components/ui/badge";
import type { Column } from "@/components/ui/data-table";
import { StatusBadge } from "@/components/ui/status-badge";
import type { ServerHolderDto, ServerRoleDto } from "@/lib/server/access-schema";
import type { ServerDto } from "@/lib/server/schema";

/** A role, what it gives here today, and how many have it. */
export function roleColumns(server: ServerDto): readonly Column<ServerRoleDto>[] {
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

/** Who holds it, through what, and with how many live tokens. */
export function holderColumns(server: ServerDto): readonly Column<ServerHolderDto>[] {
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
