import type { PersonCtx } from "@/app/_lib/ctx";
import { PageHeader } from "@/components/ui/page-header";
import { Stat } from "@/components/ui/stat";
import type { OverviewDto } from "@/lib/overview/schema";
import { ChecklistCard } from "./checklist";
import { DecisionsCard } from "./decisions";
import { Findings, findingTone, findingWord } from "./findings";
import { NoticesToSee } from "./notices";
import { DueSecrets } from "./due-secrets";
import { ServersToCheck } from "./servers-to-check";

const whole = new Intl.NumberFormat("en-US");

/** What needs somebody today; until the first call was guarded, the way there. */
export function Overview({ ctx, overview }: { ctx: PersonCtx; overview: OverviewDto }) {
  const { checklist, decisions } = overview;
  const settingUp = checklist !== null && !checklist.done;
  if (settingUp && overview.tokens.live === 0)
    return (
      <>
        <PageHeader title="Welcome to Gatehouse" description="A few steps to the first guarded tool call." />
        <ChecklistCard checklist={checklist} />
      </>
    );
  const pressing = overview.findings.filter((finding) => finding.flag !== "no_rate_limit").slice(0, 2);
  return (
    <>
      <PageHeader
        title="Overview"
        description={overview.everything ? "What needs attention today." : "Your tokens, and what needs attention."}
      />
      <div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat label="Live tokens" value={whole.format(overview.tokens.live)} href={overview.tokens.href} />
        {pressing.map((finding) => (
          <Stat
            key={finding.flag}
            label={findingWord(finding.flag)}
            tone={finding.count > 0 ? findingTone(finding.flag) : undefined}
            value={whole.format(finding.count)}
            href={finding.href}
          />
        ))}
        {decisions ? (
          <Stat
            label="Refused in 24 h"
            tone={decisions.denied > 0 ? "deny" : undefined}
            value={whole.format(decisions.denied)}
            href={decisions.href}
          />
        ) : null}
      </div>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-6">
          <NoticesToSee ctx={ctx} notices={overview.notices} />
          {settingUp ? <ChecklistCard checklist={checklist} /> : null}
          <DueSecrets due={overview.secrets} />
          <Findings findings={overview.findings} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          {decisions ? <DecisionsCard decisions={decisions} /> : null}
          <ServersToCheck servers={overview.servers} />
        </div>
      </div>
    </>
  );
}
