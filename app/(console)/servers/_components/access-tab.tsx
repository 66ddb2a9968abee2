import { SearchX, ShieldCheck, Users } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { Pagination } from "@/components/ui/pagination";
import type { NumberedPage } from "@/lib/page";
import type { ServerHolderDto, ServerRoleDto } from "@/lib/server/access-schema";
import type { ServerDto } from "@/lib/server/schema";
import { holderColumns, roleColumns } from "./access-columns";
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
