import { EntityLink } from "@/components/entity/entity-link";
import { AccessBadge } from "@/components/scope/access-badge";
import { Card } from "@/components/ui/card";
import type { TokenDetailDto } from "@/lib/token/schema";

/** What the token may do right now, by server: computed from the present, as a call is decided. */
export function EffectiveAccess({ token }: { token: TokenDetailDto }) {
  return (
    <Card
      title="What it may do now"
      description={
        token.scopes === null
          ? "It follows its role: what the role gains or loses, it does too."
          : "It was narrowed: a wider role never widens it."
      }
    >
      <div className="flex flex-col gap-5">
        {token.effective.map((server) => (
          <section key={server.serverId} aria-label={server.serverName} className="flex flex-col gap-2">
            <EntityLink kind="server" id={server.serverId} name={server.serverName} className="font-medium" />
            {server.scopes.length === 0 ? (
              <p className="text-body text-deny">Nothing: every call on this server is refused.</p>
            ) : (
              <>
                <ul className="flex flex-wrap gap-2">
                  {server.scopes.map((scope) => (
                    <li key={scope.name} className="flex items-center gap-1.5">
                      <code className="mono text-ink">{scope.name}</code>
                      <AccessBadge access={scope.access} />
                    </li>
                  ))}
                </ul>
                <p className="text-meta text-ink-2">
                  {server.tools.length === 0 ? (
                    "That opens no tool yet."
                  ) : (
                    <>
                      Tools: <span className="mono text-ink-2">{server.tools.join(", ")}</span>
                    </>
                  )}
                </p>
              </>
            )}
          </section>
        ))}
      </div>
    </Card>
  );
}
