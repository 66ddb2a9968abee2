import { SearchX, Server } from "lucide-react";
import type { Metadata } from "next";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, type Filter } from "@/components/ui/filter-bar";
import { PageHeader } from "@/components/ui/page-header";
import { CursorPagination } from "@/components/ui/pagination";
import { may } from "@/lib/authz/require";
import { listServers } from "@/lib/server/list";
import { listServersSchema } from "@/lib/server/schema";
import { serverColumns } from "../_components/server-columns";

export const metadata: Metadata = { title: "Servers" };

const STATUS_FILTER: Filter = {
  param: "status",
  label: "Status",
  options: [
    { value: "active", label: "Active" },
    { value: "disabled", label: "Disabled" },
  ],
};
const BUILTIN_FILTER: Filter = {
  param: "includeBuiltin",
  label: "Gatehouse itself",
  defaultValue: "false",
  anyLabel: null,
  options: [
    { value: "false", label: "Hidden" },
    { value: "true", label: "Shown" },
  ],
};

export default async function ServersPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  const query = await readSearchParams(listServersSchema, searchParams);
  const page = await load(listServers(ctx, query));
  if (!page) return <Forbidden what="servers" />;
  const seesAll = may(ctx, "server.read");
  const register = may(ctx, "server.write") ? (
    <ButtonLink href="/servers/new" variant="primary">
      Register a server
    </ButtonLink>
  ) : undefined;
  return (
    <>
      <PageHeader
        title="Servers"
        description={
          seesAll
            ? "The MCP servers that ask Gatehouse before each tool call."
            : "The MCP servers that your roles let you call."
        }
        actions={
          register && (
            <>
              <ButtonLink href="/servers/diagnose">Check the way in</ButtonLink>
              {register}
            </>
          )
        }
      />
      <FilterBar
        filters={seesAll ? [STATUS_FILTER, BUILTIN_FILTER] : [STATUS_FILTER]}
        search={{ placeholder: "Name, slug or address" }}
      />
      <DataTable
        label="Servers"
        columns={serverColumns(seesAll)}
        rows={page.items}
        rowKey={(server) => server.id}
        empty={
          query.q || query.status || query.cursor ? (
            <EmptyState
              icon={<SearchX />}
              title="No server matches"
              description="Change the search or the filters."
              action={<ButtonLink href="/servers">Show all servers</ButtonLink>}
            />
          ) : (
            <EmptyState icon={<Server />} {...nothingYet(seesAll)} action={register} />
          )
        }
      />
      <CursorPagination nextCursor={page.nextCursor} />
    </>
  );
}

function nothingYet(seesAll: boolean): { title: string; description: string } {
  if (!seesAll)
    return { title: "No server yet", description: "None of your roles names a server. Ask an admin for a role." };
  return {
    title: "No servers yet",
    description:
      "Register your first MCP server: its name and its address. Then import its tools, issue its key, and let it ask Gatehouse before each call.",
  };
}
