import type { ReactNode } from "react";
import type { Tone } from "@/components/ui/badge";
import { StatusGlyph } from "@/components/ui/status-badge";

/** The heading of something that somebody should look at, and how many there are. */
export function FindingTitle({ tone, count, children }: { tone: Tone; count: number; children: ReactNode }) {
  return (
    <span className="flex items-center gap-2">
      <StatusGlyph tone={tone} />
      {children}
      <span className="text-ink-2 font-normal">{count}</span>
    </span>
  );
}
