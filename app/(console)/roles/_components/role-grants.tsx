import { EntityLink } from "@/components/entity/entity-link";
import { AccessBadge } from "@/components/scope/access-badge";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { isWildcard } from "@/lib/role/resolve";
import type { RoleDto } from "@/lib/role/schema";
import { BUILTIN_SERVER_ID } from "@/lib/server/builtin";

/** What the role gives today, by server: its patterns, and the scopes that they stand for. */
export function RoleGrants({ role }: { role: RoleDto }) {
  return (
    <Card title="What it gives" description="Patterns are resolved whenever a call is decided; this is today.">
      <div className="flex flex-col gap-6">
        {role.grants.length === 0 ? <p className="text-body text-ink-2">Nothing: no pattern is left.</p> : null}
        {role.grants.map((grant) => (
          <section key={grant.serverId} aria-label={grant.serverName} className="flex flex-col gap-2">
            <div className="flex flex-wrap items-center gap-2">
              {grant.serverId === BUILTIN_SERVER_ID ? (
                <span className="text-body text-ink font-medium">Gatehouse admin API</span>
              ) : (
                <EntityLink
                  kind="server"
                  id={grant.serverId}
                  name={grant.serverName}
                  className="text-body font-medium"
                />
              )}
              {grant.scopes
                .filter((pattern) => !grant.resolved.some((scope) => scope.name === pattern))
                .map((pattern) => (
                  <Badge key={pattern} mono tone={isWildcard(pattern) ? "info" : "revoked"}>
                    {pattern}
                    {isWildcard(pattern) ? null : <span className="font-sans">not offered any more</span>}
                  </Badge>
                ))}
            </div>
            {grant.resolved.length === 0 ? (
              <p className="text-body text-ink-2">Gives nothing today: the server offers no scope that matches.</p>
            ) : (
              <ul className="border-hairline grid gap-x-6 gap-y-1.5 border-l pl-4 sm:grid-cols-2">
                {grant.resolved.map((scope) => (
                  <li key={scope.name} className="flex min-w-0 items-center gap-2">
                    <code className="text-body mono text-ink truncate">{scope.name}</code>
                    <AccessBadge access={scope.access} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        ))}
      </div>
    </Card>
  );
}
