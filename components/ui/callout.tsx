import type { ReactNode } from "react";
import { TONES, type Tone } from "./badge";
import { cn } from "./class-names";
import { StatusGlyph } from "./status-badge";

const LOOK: Record<Tone, string> = {
  allow: "bg-allow-tint text-allow",
  deny: "bg-deny-tint text-deny",
  expiring: "bg-expiring-tint text-expiring",
  rotating: "bg-rotating-tint text-rotating",
  revoked: "bg-revoked-tint text-revoked",
  info: "bg-info-tint text-info",
  neutral: "bg-raised text-ink-2",
};

/** A note in the page: what is so, and what to do about it. `alert` announces it at once. */
export function Callout({
  tone = "info",
  title,
  action,
  alert = false,
  className,
  children,
}: {
  tone?: (typeof TONES)[number];
  title?: ReactNode;
  action?: ReactNode;
  alert?: boolean;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <div
      role={alert ? "alert" : undefined}
      className={cn("text-body flex items-start gap-3 rounded-lg px-3 py-2.5", LOOK[tone], className)}
    >
      <StatusGlyph tone={tone} className="mt-0.5 size-4 shrink-0" />
      {/* The action stands beside the text where there is room for both, and below it in a narrow place. */}
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          {title ? <p className="font-medium">{title}</p> : null}
          {children ? <div className={title ? "text-ink-2 mt-0.5" : "text-ink"}>{children}</div> : null}
        </div>
        {action ? <div className="shrink-0">{action}</div> : null}
      </div>
    </div>
  );
}
