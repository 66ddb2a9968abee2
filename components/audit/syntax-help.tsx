"use client";

import { CircleHelp } from "lucide-react";
import { Popover } from "@/components/ui/popover";
import { describe, QUALIFIER_NAMES } from "@/lib/audit/language/qualifiers";

const RULES = [
  ['refund "close ticket"', "words and phrases, anywhere in an entry"],
  ["a b, a OR b, (a OR b) c", "both; either; parentheses group"],
  ["-agent:backfill", "not"],
  ["outcome:deny,denied", "any of a list"],
  ["tool:close_*, agent:*", "a beginning; any at all"],
  ["created:>=2026-11-01", "from a day on; also <, <=, >, and a..b"],
  ["created:-24h, today", "relative times; others are UTC or have a zone"],
] as const;

function Rows({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
      {rows.map(([example, meaning]) => (
        <div key={example} className="contents">
          <dt className="mono">{example}</dt>
          <dd className="text-ink-2 max-sm:mb-1">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The language on one card. */
export function SyntaxHelp() {
  return (
    <Popover
      align="end"
      label="How to search"
      trigger={
        <button
          type="button"
          aria-label="How to search"
          className="text-ink-2 hover:text-ink flex size-6 items-center justify-center rounded-sm pointer-coarse:size-9"
        >
          <CircleHelp aria-hidden className="size-4" />
        </button>
      }
    >
      <div
        tabIndex={0}
        role="region"
        aria-label="The query language"
        className="text-meta max-h-[min(30rem,70dvh)] w-[34rem] max-w-full overflow-y-auto"
      >
        <Rows rows={RULES} />
        <h2 className="text-body mt-3 mb-1 font-semibold">Qualifiers</h2>
        <Rows rows={QUALIFIER_NAMES.map((name) => [describe(name).example, describe(name).help] as const)} />
      </div>
    </Popover>
  );
}
