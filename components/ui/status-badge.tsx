import type { ReactNode } from "react";
import { Badge, type Tone } from "./badge";

/** Shape for those who do not see the colour. Drawn, not typed: fonts disagree about these signs. */
const GLYPH_PATHS: Record<Tone, ReactNode> = {
  allow: <path d="M2.5 6.5 5 9l4.5-5.5" />,
  deny: (
    <>
      <circle cx="6" cy="6" r="4.25" />
      <path d="m3.2 8.8 5.6-5.6" />
    </>
  ),
  expiring: (
    <>
      <circle cx="6" cy="6" r="4.25" />
      <path d="M6 1.75A4.25 4.25 0 0 1 10.25 6H6Z" fill="currentColor" />
    </>
  ),
  rotating: <path d="M1.75 4.25h8m-2-2 2 2-2 2M10.25 8h-8m2-2-2 2 2 2" />,
  revoked: <path d="M2.5 6h7" />,
  info: <path d="M6 5.5v4M6 2.7v.6" />,
  neutral: <circle cx="6" cy="6" r="2" fill="currentColor" />,
};

/** The glyph of a tone alone, 12 px, for dense places where the word stands beside it. */
export function StatusGlyph({ tone, className = "size-3 shrink-0" }: { tone: Tone; className?: string }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 12 12"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={className}
    >
      {GLYPH_PATHS[tone]}
    </svg>
  );
}

/** A state: glyph, word and colour. */
export function StatusBadge({ tone, children, className }: { tone: Tone; children: ReactNode; className?: string }) {
  return (
    <Badge tone={tone} className={className}>
      <StatusGlyph tone={tone} />
      {children}
    </Badge>
  );
}
