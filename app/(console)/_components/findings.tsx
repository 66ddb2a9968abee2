import { CircleCheck } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { TokenStatusBadge } from "@/components/token/token-status-badge";
import type { Tone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Time } from "@/components/ui/time";
import type { OverviewDto, TokenFinding } from "@/lib/overview/schema";
import { FindingTitle } from "./finding-title";

type Finding = OverviewDto["findings"][number];
type FoundToken = Finding["tokens"][number];

/** How each finding is told: its heading, why it matters, and the fact that a row shows. */
const FINDING_TEXT: Record<
  TokenFinding,
  { title: string; short: string; tone: Tone; why: string; fact: (token: FoundToken) => ReactNode }
> = {
  expiring: {
    title: "Expire soon",
    short: "Expire soon",
    tone: "expiring",
    why: "Rotate them, or let them end.",
    fact: (token) => <Time at={token.expiresAt} />,
  },
  retiring: {
    title: "Rotation in progress",
    short: "Rotating out",
    tone: "rotating",
    why: "Move their callers to the successor before the overlap ends.",
    fact: (token) => <Time at={token.retiresAt} />,
  },
  never_used: {
    title: "Never used",
    short: "Never used",
    tone: "neutral",
    why: "Store them where they are needed, or revoke them.",
    fact: (token) => (
      <>
        minted <Time at={token.createdAt} />
      </>
    ),
  },
  dormant: {
    title: "Long unused",
    short: "Long unused",
    tone: "revoked",
    why: "Revoke what nobody needs.",
    fact: (token) => (
      <>
        used <Time at={token.lastUsedAt} />
      </>
    ),
  },
  no_rate_limit: {
    title: "Without a rate limit",
    short: "No rate limit",
    tone: "neutral",
    why: "A runaway caller has nothing to stop it.",
    fact: (token) => (
      <>
        used <Time at={token.lastUsedAt} never="never" />
      </>
    ),
  },
};

export const findingWord = (flag: TokenFinding) => FINDING_TEXT[flag].short;
export const findingTone = (flag: TokenFinding) => FINDING_TEXT[flag].tone;

/** What somebody should look at, each finding with its first tokens and the way to all of them. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const found = findings.filter((finding) => finding.count > 0);
  if (found.length === 0)
    return (
      <Card flush>
        <EmptyState
          icon={<CircleCheck />}
          title="No token needs attention"
          description="None expires soon, none lies unused, and each has a rate limit."
        />
      </Card>
    );
  return found.map((finding) => <FindingCard key={finding.flag} finding={finding} />);
}

function FindingCard({ finding }: { finding: Finding }) {
  const { title, tone, why, fact } = FINDING_TEXT[finding.flag];
  return (
    <Card
      flush
      title={
        <FindingTitle tone={tone} count={finding.count}>
          {title}
        </FindingTitle>
      }
      description={why}
      actions={
        <Link
          href={finding.href}
          className="text-body text-accent inline-flex min-h-6 items-center rounded-sm font-medium hover:underline"
        >
          Show all<span className="sr-only"> that {title.toLowerCase()}</span>
        </Link>
      }
    >
      <ul className="divide-hairline divide-y">
        {finding.tokens.map((token) => (
          <li key={token.id} className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-0.5 px-4 py-1.5">
            <span className="min-w-0 flex-1 basis-40">
              <Link
                href={`/tokens/${token.id}`}
                className="text-body text-ink block truncate rounded-sm font-medium hover:underline"
              >
                {token.name}
              </Link>
              <span className="text-meta text-ink-2 block truncate">
                <span className="mono">{token.masked}</span>
                {" · "}
                {[token.agent?.name, token.person?.name].filter(Boolean).join(", for ")}
              </span>
            </span>
            <span className="text-meta text-ink-2 whitespace-nowrap">{fact(token)}</span>
            <span className="max-sm:hidden">
              <TokenStatusBadge status={token.status} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
