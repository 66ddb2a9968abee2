"use client";

import { StatusBadge, StatusGlyph } from "@/components/ui/status-badge";
import { Tooltip } from "@/components/ui/tooltip";
import type { TokenFlag, TokenStatus } from "@/lib/token/schema";
import { TOKEN_FLAG_TEXT, TOKEN_STATUS_LOOK } from "./flags";

/** A token's state in one word; on hover and focus every flag with its remedy. */
export function TokenStatusBadge({ status, flags = [] }: { status: TokenStatus; flags?: readonly TokenFlag[] }) {
  const { tone, word } = TOKEN_STATUS_LOOK[status];
  if (flags.length === 0) return <StatusBadge tone={tone}>{word}</StatusBadge>;
  return (
    <Tooltip
      content={
        <ul className="flex flex-col gap-1.5 py-0.5">
          {flags.map((flag) => (
            <li key={flag} className="flex gap-1.5">
              <StatusGlyph tone={TOKEN_FLAG_TEXT[flag].tone} className="mt-0.5 size-3 shrink-0" />
              <span>
                <span className="font-medium">{TOKEN_FLAG_TEXT[flag].label}.</span>{" "}
                <span className="opacity-80">{TOKEN_FLAG_TEXT[flag].remedy}</span>
              </span>
            </li>
          ))}
        </ul>
      }
    >
      <button type="button" className="inline-flex min-h-6 items-center rounded-sm">
        <StatusBadge tone={tone}>
          {word}
          {flags.length > 1 ? <span className="font-normal">+{flags.length - 1}</span> : null}
        </StatusBadge>
      </button>
    </Tooltip>
  );
}
