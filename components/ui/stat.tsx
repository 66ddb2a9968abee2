import Link from "next/link";
import type { ReactNode } from "react";
import type { Tone } from "./badge";
import { cn } from "./class-names";
import { StatusGlyph } from "./status-badge";

const GLYPH_INK: Record<Tone, string> = {
  allow: "text-allow",
  deny: "text-deny",
  expiring: "text-expiring",
  rotating: "text-rotating",
  revoked: "text-revoked",
  info: "text-info",
  neutral: "text-ink-3",
};

/** One number with its name; with `href` the whole tile leads to the list behind it. */
export function Stat({
  label,
  value,
  detail,
  tone,
  href,
}: {
  label: ReactNode;
  value: ReactNode;
  detail?: ReactNode;
  tone?: Tone;
  href?: string;
}) {
  const body = (
    <>
      <span className="text-meta text-ink-2 flex items-center gap-1.5">
        {tone ? <StatusGlyph tone={tone} className={cn("size-3 shrink-0", GLYPH_INK[tone])} /> : null}
        {label}
      </span>
      <span className="text-figure text-ink mt-1 block font-semibold tracking-tight">{value}</span>
      {detail ? <span className="text-meta text-ink-2 mt-0.5 block">{detail}</span> : null}
    </>
  );
  const box = "border-hairline bg-surface block rounded-lg border px-4 py-3";
  return href ? (
    <Link href={href} className={cn(box, "hover:border-control hover:bg-raised/40 transition-colors")}>
      {body}
    </Link>
  ) : (
    <div className={box}>{body}</div>
  );
}
