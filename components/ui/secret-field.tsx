"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";
import { CopyButton } from "./copy-button";
import { StatusGlyph } from "./status-badge";

/**
 * A secret that is told once: masked, shown, copied, and (`value` null) gone. Keep the value in memory alone: it must
 * never be in HTML from the server, a URL, or storage.
 */
export function SecretField({
  label,
  value,
  masked,
  onCopied,
  goneText = "Shown once, and gone. Rotate to get a new one.",
}: {
  label: string;
  value: string | null;
  /** What may be shown always, like `gth_ro_…a1b2`. */
  masked: string;
  onCopied?: () => void;
  goneText?: string;
}) {
  const [shown, setShown] = useState(false);
  const [copied, setCopied] = useState(false);
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-body text-ink font-medium">{label}</p>
      <div className="border-control bg-page flex min-h-11 flex-wrap items-center gap-2 rounded-md border py-1.5 pr-1.5 pl-3">
        <code className="text-body text-ink min-w-0 flex-1 font-mono wrap-anywhere" aria-label={label}>
          {value !== null && shown ? value : masked}
        </code>
        {value !== null ? (
          <span className="flex gap-1.5">
            <Button size="sm" variant="ghost" aria-pressed={shown} onClick={() => setShown(!shown)}>
              {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
              {shown ? "Hide" : "Show"}
            </Button>
            <CopyButton
              value={value}
              variant={copied ? "secondary" : "primary"}
              onCopied={() => {
                setCopied(true);
                onCopied?.();
              }}
            />
          </span>
        ) : null}
      </div>
      <p className="text-meta flex items-center gap-1.5" role="status">
        {value === null ? (
          <span className="text-ink-2">{goneText}</span>
        ) : copied ? (
          <span className="text-allow flex items-center gap-1.5">
            <StatusGlyph tone="allow" />
            Copied. Store it in a secret manager before you leave this page.
          </span>
        ) : (
          <span className="text-expiring flex items-center gap-1.5">
            <StatusGlyph tone="expiring" />
            Shown once. Store it now.
          </span>
        )}
      </p>
    </div>
  );
}
