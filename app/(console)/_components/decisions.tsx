import Link from "next/link";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { StatusGlyph } from "@/components/ui/status-badge";
import type { OverviewDto } from "@/lib/overview/schema";
import { HoursChart } from "./hours-chart";

type Decisions = NonNullable<OverviewDto["decisions"]>;

const whole = new Intl.NumberFormat("en-US");

/** What stands behind a count that was capped: there is at least this much. */
const orMore = (decisions: Decisions) => (decisions.capped ? "+" : "");

/** The calls of the last 24 hours: how many were allowed and refused, and what was refused most. */
export function DecisionsCard({ decisions }: { decisions: Decisions }) {
  const total = decisions.allowed + decisions.denied;
  return (
    <Card
      flush
      title="Decisions, last 24 hours"
      actions={
        <ButtonLink href={decisions.href} size="sm" variant="ghost">
          Open in the log
        </ButtonLink>
      }
    >
      <div className="border-hairline border-b px-4 py-3">
        {total === 0 ? (
          <p className="text-body text-ink-2">No server asked in this time.</p>
        ) : (
          <>
            <ShareBar denied={decisions.denied} total={total} />
            <dl className="text-body mt-2 flex flex-wrap gap-x-6 gap-y-1">
              <Share word="refused" tone="deny" count={whole.format(decisions.denied) + orMore(decisions)} />
              <Share word="allowed" tone="allow" count={whole.format(decisions.allowed) + orMore(decisions)} />
            </dl>
            <HoursChart hours={decisions.hours} />
          </>
        )}
      </div>
      <Ranking
        title="Refused most, by token"
        rows={decisions.deniedTokens.map((row) => ({ ...row, label: row.name ?? row.id, detail: null }))}
      />
      <Ranking
        title="Refused most, by tool"
        mono
        rows={decisions.deniedTools.map((row) => ({
          id: `${row.serverId ?? ""} ${row.tool}`,
          label: row.tool,
          detail: row.serverName,
          count: row.count,
          href: row.href,
        }))}
      />
    </Card>
  );
}

/** Refused against allowed, as one bar. The numbers beside it say the same. */
function ShareBar({ denied, total }: { denied: number; total: number }) {
  const share = denied === 0 ? 0 : Math.max(1.5, (denied / total) * 100);
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      className="h-1.5 w-full overflow-hidden rounded-full"
    >
      <rect width="100" height="6" className="fill-hairline" />
      <rect width={share} height="6" className="fill-deny-solid" />
    </svg>
  );
}

function Share({ word, tone, count }: { word: string; tone: "allow" | "deny"; count: string }) {
  return (
    <div className="flex items-center gap-1.5">
      <dt className="text-ink-2 order-2">{word}</dt>
      <dd className="text-ink flex items-center gap-1.5 font-medium">
        <span className={tone === "deny" ? "text-deny" : "text-allow"}>
          <StatusGlyph tone={tone} />
        </span>
        {count}
      </dd>
    </div>
  );
}

type RankingRow = { id: string; label: string; detail: string | null; count: number; href: string };

function Ranking({ title, rows, mono }: { title: string; rows: readonly RankingRow[]; mono?: boolean }) {
  if (rows.length === 0) return null;
  return (
    <section className="border-hairline border-b py-2 last:border-b-0">
      <h3 className="text-meta text-ink-2 px-4 py-1 font-medium">{title}</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <Link
              href={row.href}
              className="text-body hover:bg-raised/60 flex min-h-8 items-center gap-3 px-4 py-1 -outline-offset-2"
            >
              <span className="min-w-0 flex-1 truncate">
                <span className={mono ? "mono text-ink" : "text-ink"}>{row.label}</span>
                {row.detail ? <span className="text-ink-2"> on {row.detail}</span> : null}
              </span>
              <span className="text-ink font-medium">{whole.format(row.count)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
