import { SearchX, Wrench } from "lucide-react";
import { AccessBadge } from "@/components/scope/access-badge";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, type Filter } from "@/components/ui/filter-bar";
import { CursorPagination } from "@/components/ui/pagination";
import type { Page } from "@/lib/page";
import type { ServerDto } from "@/lib/server/schema";
import type { ToolDto } from "@/lib/tool/schema";
import { AddTool } from "./add-tool";
import { ImportTools } from "./import-tools";
import type { ScopeOption } from "./scope-combobox";
import { tabHref } from "./server-tabs";
import { ToolName, type ToolRights } from "./tool-drawer";
import { ToolHints } from "./tool-hints";
import { ScopeNames, ToolScopes } from "./tool-scopes";

const FILTERS: readonly Filter[] = [
  {
    param: "closed",
    label: "State",
    options: [
      { value: "true", label: "Closed" },
      { value: "false", label: "Open" },
    ],
  },
  {
    param: "drift",
    label: "Since accepted",
    options: [
      { value: "any", label: "Changed or gone" },
      { value: "changed", label: "Changed" },
      { value: "removed", label: "Gone" },
      { value: "none", label: "As accepted" },
    ],
  },
];

/** The tools of a server: found, opened and closed, imported, and reviewed where they drifted. */
export function ToolsTab({
  server,
  tools,
  scopes,
  rights,
  importing,
}: {
  server: ServerDto;
  tools: Page<ToolDto>;
  scopes: readonly ScopeOption[];
  rights: ToolRights;
  /** True where the address asks for the import. */
  importing: boolean;
}) {
  const mayImport = rights.mayWrite && !server.builtin;
  const none = server.counts.tools === 0;
  return (
    <>
      <FilterBar filters={FILTERS} search={{ placeholder: "Tool or description" }}>
        {mayImport ? (
          <>
            <AddTool serverId={server.id} scopes={scopes} mayCreateScopes={rights.mayCreateScopes} />
            <ImportTools
              server={server}
              scopes={scopes}
              mayCreateScopes={rights.mayCreateScopes}
              initiallyOpen={importing}
            />
          </>
        ) : null}
      </FilterBar>
      <DataTable
        label={`Tools of ${server.name}`}
        columns={columns(scopes, rights)}
        rows={tools.items}
        rowKey={(tool) => tool.id}
        rowClassName={(tool) => (tool.access === null ? "bg-page" : undefined)}
        empty={
          none ? (
            <EmptyState
              icon={<Wrench />}
              title="No tools yet"
              description={
                mayImport
                  ? "Import them from the running server, or add them by hand. A tool that is not listed here is refused."
                  : "A tool that is not listed here is refused."
              }
            />
          ) : (
            <EmptyState
              icon={<SearchX />}
              title="No tool matches"
              description="Change the search or the filters."
              action={<ButtonLink href={tabHref(server.id, "tools")}>Show all tools</ButtonLink>}
            />
          )
        }
      />
      <CursorPagination nextCursor={tools.nextCursor} />
    </>
  );
}

function columns(scopes: readonly ScopeOption[], rights: ToolRights): readonly Column<ToolDto>[] {
  return [
    {
      key: "name",
      header: "Tool",
      cell: (tool) => <ToolName tool={tool} scopes={scopes} rights={rights} />,
    },
    {
      key: "access",
      header: "Access",
      cell: (tool) => <AccessBadge access={tool.access} />,
    },
    {
      key: "scopes",
      header: "Required scopes",
      from: "md",
      className: "min-w-40",
      cell: (tool) =>
        rights.mayWrite ? (
          <ToolScopes tool={tool} scopes={scopes} mayCreateScopes={rights.mayCreateScopes} />
        ) : (
          <ScopeNames names={tool.scopes} />
        ),
    },
    {
      key: "hints",
      header: "Claimed by the server",
      from: "lg",
      cell: (tool) => <ToolHints annotations={tool.annotations} />,
    },
  ];
}
