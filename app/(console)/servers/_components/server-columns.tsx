import Link from "next/link";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import type { Column } from "@/components/ui/data-table";
import { StatusGlyph } from "@/components/ui/status-badge";
import type { ServerDto } from "@/lib/server/schema";
import { ServerStatus } from "./server-status";

const name: Column<ServerDto> = {
  key: "name",
  header: "Name",
  cell: (server) => (
    <div className="min-w-0 py-1">
      <span className="flex flex-wrap items-center gap-x-2">
        <Link
          href={`/servers/${server.id}`}
          className="text-ink inline-flex min-h-6 max-w-80 items-center rounded-sm font-medium hover:underline"
        >
          <span className="truncate">{server.name}</span>
        </Link>
        {server.builtin ? <Badge tone="info">built-in</Badge> : null}
      </span>
      <div className="mono text-ink-3 text-meta">{server.slug}</div>
      <span className="flex flex-wrap gap-x-3 sm:hidden">
        <ToolNotes counts={server.counts} />
      </span>
    </div>
  ),
};
const resource: Column<ServerDto> = {
  key: "resource",
  header: "Resource",
  from: "lg",
  cell: (server) => <span className="mono text-ink-2 text-meta block max-w-96 truncate">{server.resource}</span>,
};
const status: Column<ServerDto> = {
  key: "status",
  header: "Status",
  cell: (server) => <ServerStatus server={server} />,
};
const tools: Column<ServerDto> = {
  key: "tools",
  header: "Tools",
  from: "sm",
  cell: ({ counts }) => (
    <span className="flex flex-wrap items-center gap-x-3 py-1">
      <span>{counts.tools === 0 ? <Faint>none</Faint> : counts.tools.toLocaleString("en-US")}</span>
      <ToolNotes counts={counts} />
    </span>
  ),
};
const liveKeys: Column<ServerDto> = {
  key: "keys",
  header: "Live keys",
  align: "right",
  from: "md",
  cell: ({ counts, builtin }) => (builtin ? <Faint>none</Faint> : <Count value={counts.liveKeys} />),
};
const liveTokens: Column<ServerDto> = {
  key: "tokens",
  header: "Live tokens",
  align: "right",
  from: "md",
  cell: ({ counts }) => <Count value={counts.liveTokens} />,
};

/** The columns of the list: keys and everybody's tokens only for who sees all servers. */
export function serverColumns(seesAll: boolean): readonly Column<ServerDto>[] {
  return seesAll ? [name, resource, tools, liveKeys, liveTokens, status] : [name, resource, tools, status];
}

/** What is to be looked at among the tools; nothing where all is as accepted and open. */
function ToolNotes({ counts }: { counts: ServerDto["counts"] }) {
  return (
    <>
      {counts.driftedTools > 0 ? (
        <Note tone="expiring">
          {counts.driftedTools} {counts.driftedTools === 1 ? "differs" : "differ"}
        </Note>
      ) : null}
      {counts.closedTools > 0 ? <Note tone="revoked">{counts.closedTools} closed</Note> : null}
    </>
  );
}

function Count({ value }: { value: number }) {
  return value === 0 ? <Faint>none</Faint> : <>{value.toLocaleString("en-US")}</>;
}

function Faint({ children }: { children: ReactNode }) {
  return <span className="text-ink-3">{children}</span>;
}

function Note({ tone, children }: { tone: "expiring" | "revoked"; children: ReactNode }) {
  return (
    <span
      className={`text-meta inline-flex items-center gap-1 whitespace-nowrap ${tone === "expiring" ? "text-expiring" : "text-revoked"}`}
    >
      <StatusGlyph tone={tone} />
      {children}
    </span>
  );
}
