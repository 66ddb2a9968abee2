import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { OverviewDto } from "@/lib/overview/schema";

/** Servers whose tools wait for somebody: changed since they were accepted, or still closed. */
export function ServersToCheck({ servers }: { servers: OverviewDto["servers"] }) {
  if (servers.length === 0) return null;
  return (
    <Card
      flush
      title="Tools to look at"
      description="A changed tool keeps what was accepted until you accept the change."
    >
      <ul className="divide-hairline divide-y">
        {servers.map((server) => (
          <li key={server.id}>
            <Link
              href={server.href}
              className="hover:bg-raised/60 flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 -outline-offset-2"
            >
              <span className="text-body text-ink min-w-0 flex-1 truncate font-medium">{server.name}</span>
              {server.drifted > 0 ? <Badge tone="expiring">{server.drifted} changed</Badge> : null}
              {server.closed > 0 ? <Badge tone="revoked">{server.closed} closed</Badge> : null}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
