"use client";

import { useId, useState } from "react";
import { cn } from "./class-names";
import { CopyButton } from "./copy-button";

export type CodeTab = { label: string; code: string };

/** Code to copy; several ways to say the same as `tabs`. Long lines scroll, `wrap` breaks them. */
export function CodeBlock({
  code,
  tabs,
  label,
  wrap = false,
  copyAs,
  onCopied,
  className,
}: {
  code?: string;
  tabs?: readonly CodeTab[];
  /** Names it for screen readers; shown as the heading where there are no tabs. */
  label: string;
  wrap?: boolean;
  /** What the button copies where it is not what is shown: a secret that stays masked on the screen. */
  copyAs?: string;
  onCopied?: () => void;
  className?: string;
}) {
  const id = useId();
  const [index, setIndex] = useState(0);
  const shown = tabs?.[index]?.code ?? code ?? "";
  return (
    <div className={cn("border-hairline bg-page min-w-0 overflow-hidden rounded-lg border", className)}>
      <div className="border-hairline flex min-h-9 items-center justify-between gap-2 border-b pr-1 pl-1">
        {tabs ? (
          <div role="tablist" aria-label={label} className="flex min-w-0 overflow-x-auto">
            {tabs.map((tab, at) => (
              <button
                key={tab.label}
                type="button"
                role="tab"
                id={`${id}-t${at}`}
                aria-selected={at === index}
                aria-controls={`${id}-p`}
                tabIndex={at === index ? 0 : -1}
                onClick={() => setIndex(at)}
                onKeyDown={(event) => {
                  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
                  if (step === 0) return;
                  const next = (index + step + tabs.length) % tabs.length;
                  setIndex(next);
                  document.getElementById(`${id}-t${next}`)?.focus();
                }}
                className={cn(
                  "text-meta h-7 rounded-md px-2.5 font-medium whitespace-nowrap -outline-offset-2 pointer-coarse:h-11",
                  at === index ? "bg-raised text-ink" : "text-ink-2 hover:text-ink",
                )}
              >
                {tab.label}
              </button>
            ))}
          </div>
        ) : (
          <span className="text-meta text-ink-2 truncate px-2 font-medium">{label}</span>
        )}
        <CopyButton
          iconOnly
          value={copyAs ?? shown}
          label={`Copy ${tabs?.[index]?.label ?? label}`}
          onCopied={onCopied}
        />
      </div>
      <pre
        id={`${id}-p`}
        role={tabs ? "tabpanel" : undefined}
        aria-labelledby={tabs ? `${id}-t${index}` : undefined}
        tabIndex={0}
        className={cn(
          "text-ink text-meta overflow-x-auto p-3 font-mono leading-5 -outline-offset-2",
          wrap && "wrap-anywhere whitespace-pre-wrap",
        )}
      >
        <code>{shown}</code>
      </pre>
    </div>
  );
}
