import { X } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { partsOf } from "@/lib/audit/language/edit";
import { queryHref, rangeHref, RANGES, type AuditView } from "./audit-url";

/** The named time ranges, as links; the one in force is marked. */
export function Ranges({ view }: { view: AuditView }) {
  return (
    <nav
      aria-label="Time range"
      className="border-hairline bg-surface flex w-fit max-w-full flex-wrap rounded-md border p-0.5"
    >
      {RANGES.map(({ value, label }) => (
        <Link
          key={value}
          href={rangeHref(view, value)}
          aria-current={view.range === value || undefined}
          className={cn(
            "text-body rounded-sm px-2.5 py-1 pointer-coarse:py-3",
            view.range === value ? "bg-selected text-ink font-medium" : "text-ink-2 hover:bg-raised hover:text-ink",
          )}
        >
          {label}
        </Link>
      ))}
      {view.range === null ? (
        <span className="bg-selected text-body text-ink rounded-sm px-2.5 py-1 font-medium">Exact</span>
      ) : null}
    </nav>
  );
}

/** Every part of the query that must hold, each with a way out. */
export function Chips({ view: { params, query } }: { view: AuditView }) {
  const parts = partsOf(query);
  if (parts.length === 0) return null;
  return (
    <ul aria-label="Filters in force" className="flex flex-wrap items-center gap-1.5">
      {parts.map(({ text, rest }) => {
        const [, name = "", value = text] = /^(-?[a-z]+:)(.*)$/s.exec(text) ?? [];
        return (
          <li key={text} className="max-w-full">
            <Link
              href={queryHref(params, rest)}
              aria-label={`Remove ${text}`}
              className="bg-raised text-meta hover:bg-selected flex min-h-6 max-w-full items-center gap-1 rounded-sm px-1.5 pointer-coarse:min-h-11"
            >
              {name === "" ? null : <span className="text-ink-2">{name}</span>}
              <span className="mono truncate">{value}</span>
              <X aria-hidden className="text-ink-3 size-3 shrink-0" />
            </Link>
          </li>
        );
      })}
      {parts.length > 1 ? (
        <li>
          <Link href="/audit" className="text-meta text-accent inline-flex min-h-6 items-center px-1 hover:underline">
            Clear all
          </Link>
        </li>
      ) : null}
    </ul>
  );
}
