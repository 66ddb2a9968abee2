import type { ReactNode } from "react";
import { cn } from "./class-names";

export const TONES = ["allow", "deny", "expiring", "rotating", "revoked", "info", "neutral"] as const;
/** What a state means, whatever it is called: never colour alone, always with glyph and word. */
export type Tone = (typeof TONES)[number];

const TONE_CLASS: Record<Tone, string> = {
  allow: "bg-allow-tint text-allow",
  deny: "bg-deny-tint text-deny",
  expiring: "bg-expiring-tint text-expiring",
  rotating: "bg-rotating-tint text-rotating",
  revoked: "bg-revoked-tint text-revoked",
  info: "bg-info-tint text-info",
  neutral: "bg-raised text-ink-2",
};

/** A short word on a tint: kinds, counts, labels. */
export function Badge({
  tone = "neutral",
  mono,
  className,
  children,
}: {
  tone?: Tone;
  mono?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        "text-meta inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5 font-medium whitespace-nowrap",
        TONE_CLASS[tone],
        mono && "font-mono text-[0.6875rem] font-normal",
        className,
      )}
    >
      {children}
    </span>
  );
}
