import { AccessBadge } from "@/components/scope/access-badge";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { ScopeDto } from "@/lib/scope/schema";
import type { ServerDto } from "@/lib/server/schema";
import { AddScope, ScopeActions } from "./scope-actions";

/** The scopes that a server offers. */
export function ScopesCard({
  server,
  scopes,
  mayWrite,
}: {
  server: ServerDto;
  scopes: readonly ScopeDto[];
  mayWrite: boolean;
}) {
  return (
    <Card
      title="Scopes"
      description={server.builtin ? "What roles can give here." : "What roles can give here, and tools require."}
      flush
      actions={mayWrite ? <AddScope serverId={server.id} slug={server.slug} /> : undefined}
    >
      {scopes.length === 0 ? (
        <EmptyState
          title="No scopes yet"
          description={
            mayWrite
              ? "The import of its tools can make them for you, or add them by hand."
              : "Whoever runs this server has not set any."
          }
        />
      ) : (
        <Table label="Scopes">
          <TableHead>
            <TableRow>
              <TableHeader>Scope</TableHeader>
              <TableHeader>Access</TableHeader>
              {server.builtin ? null : (
                <TableHeader data-align="right" className="max-sm:hidden">
                  Tools
                </TableHeader>
              )}
              {mayWrite ? (
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              ) : null}
            </TableRow>
          </TableHead>
          <TableBody>
            {scopes.map((scope) => (
              <TableRow key={scope.id}>
                <TableCell>
                  <div className="py-1">
                    <span className="mono wrap-anywhere">{scope.name}</span>
                    {scope.description ? <div className="text-meta text-ink-2">{scope.description}</div> : null}
                  </div>
                </TableCell>
                <TableCell>
                  <div className="flex flex-wrap gap-1 py-1">
                    <AccessBadge access={scope.access} />
                    {scope.needsApproval ? <Badge>an admin must agree</Badge> : null}
                  </div>
                </TableCell>
                {server.builtin ? null : (
                  <TableCell data-align="right" className="max-sm:hidden">
                    {scope.tools.length === 0 ? <span className="text-ink-3">none</span> : scope.tools.length}
                  </TableCell>
                )}
                {mayWrite ? (
                  <TableCell data-align="right" className="w-12">
                    <ScopeActions scope={scope} slug={server.slug} />
                  </TableCell>
                ) : null}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
