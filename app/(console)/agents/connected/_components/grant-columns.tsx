import { EntityLink } from "@/components/entity/entity-link";
import { AccessBadge } from "@/components/scope/access-badge";
import type { Tone } from "@/components/ui/badge";
import type { Column } from "@/components/ui/data-table";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import type { GrantDto } from "@/lib/oauth/schema";
import { EndGrant } from "../../../_components/end-grant";
import { NarrowGrant } from "../../../_components/narrow-grant";

const LOOK: Record<GrantDto["status"], { tone: Tone; word: string }> = {
  live: { tone: "allow", word: "live" },
  expired: { tone: "revoked", word: "expired" },
  revoked: { tone: "revoked", word: "ended" },
};

const SHOWN_SCOPES = 4;

/** The columns of connected agents. `all`: the reader may look at agents and people, and sees everybody's. */
export function grantColumns({
  all,
  mayEnd,
}: {
  all: boolean;
  mayEnd: (grant: GrantDto) => boolean;
}): readonly Column<GrantDto>[] {
  return [
    {
      key: "agent",
      header: "Agent",
      cell: ({ agent, person, server }) => (
        <div className="min-w-0 py-1">
          {all ? (
            <EntityLink kind="agent" id={agent.id} name={agent.name} icon={false} className="max-w-56 font-medium" />
          ) : (
            <span className="text-ink font-medium wrap-anywhere">{agent.name}</span>
          )}
          <p className="text-meta text-ink-2 max-w-56 wrap-anywhere">
            {agent.host ? `of ${agent.host}` : agent.origin === "dynamic" ? "registered itself" : "registered here"}
          </p>
          <p className="text-meta text-ink-2 max-w-56 wrap-anywhere md:hidden">
            {all ? `for ${person.name}, ` : null}on {server.name}
          </p>
        </div>
      ),
    },
    ...(all
      ? [
          {
            key: "person",
            header: "For",
            from: "md" as const,
            cell: ({ person }: GrantDto) => <EntityLink kind="person" id={person.id} name={person.name} />,
          },
        ]
      : []),
    {
      key: "server",
      header: "Server",
      from: "md",
      cell: ({ server }) => <EntityLink kind="server" id={server.id} name={server.name} />,
    },
    { key: "scopes", header: "May", from: "lg", cell: (grant) => <Scopes grant={grant} /> },
    { key: "status", header: "Status", cell: (grant) => <Status grant={grant} /> },
    { key: "since", header: "Since", from: "xl", cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      key: "lastUsed",
      header: "Last used",
      from: "sm",
      cell: ({ lastUsedAt }) => <Time at={lastUsedAt} never="never" />,
    },
    {
      key: "end",
      header: "Change or end it",
      hideHeader: true,
      align: "right",
      cell: (grant) =>
        grant.status === "live" && mayEnd(grant) ? (
          <span className="inline-flex items-center gap-2">
            <NarrowGrant grant={{ id: grant.id, agent: grant.agent, server: grant.server, scopes: grant.scopes }} />
            <EndGrant
              grant={{ id: grant.id, agent: grant.agent.name, person: grant.person.name, server: grant.server.name }}
            />
          </span>
        ) : null,
    },
  ];
}

function Scopes({ grant: { scopes, tools } }: { grant: GrantDto }) {
  const more = scopes.length - SHOWN_SCOPES;
  return (
    <span className="flex max-w-72 flex-wrap items-center gap-x-2 gap-y-1 py-1">
      {scopes.slice(0, SHOWN_SCOPES).map(({ name, access }) => (
        <span key={name} className="inline-flex items-center gap-1">
          <span className="mono text-ink-2">{name}</span>
          {access === "read" ? null : <AccessBadge access={access} />}
        </span>
      ))}
      {more > 0 ? <span className="text-meta text-ink-3">and {more} more</span> : null}
      {tools ? (
        <span className="text-meta text-ink-2 wrap-anywhere">
          {tools.length === 0 ? "no tool" : `only ${tools.join(", ")}`}
        </span>
      ) : null}
    </span>
  );
}

function Status({ grant }: { grant: GrantDto }) {
  const { tone, word } = LOOK[grant.status];
  return (
    <div className="flex flex-col items-start gap-0.5 py-1">
      <StatusBadge tone={tone}>{word}</StatusBadge>
      {grant.status === "revoked" ? (
        <span className="text-meta text-ink-2 max-w-56 wrap-anywhere">
          <Time at={grant.revokedAt} />
          {grant.revokedReason ? `: ${grant.revokedReason}` : null}
        </span>
      ) : (
        <span className="text-meta text-ink-2">
          {grant.status === "live" ? "ends " : null}
          <Time at={grant.expiresAt} />
        </span>
      )}
    </div>
  );
}
