import { Ban, Check } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import type { FacetValue } from "@/lib/audit/facets";
import { exactly, EVERYTHING } from "@/lib/audit/language/ast";
import { onlyValue, stateOf, toggledValue } from "@/lib/audit/language/edit";
import { parse } from "@/lib/audit/language/parse";
import type { QualifierName } from "@/lib/audit/language/qualifiers";
import { queryHref } from "./audit-url";

const whole = new Intl.NumberFormat("en-US");

/** One value of a facet: its box adds it, its name shows only it, the crossed circle leaves it out (shown on hover and by keyboard). */
export function FacetRow({ name, facet, params }: { name: QualifierName; facet: FacetValue; params: string }) {
  const address = new URLSearchParams(params);
  const parsed = parse(address.get("q") ?? "");
  const query = parsed.ok ? parsed.query : EVERYTHING;
  const value = exactly(facet.value);
  const state = stateOf(query, name, value);
  const words = facet.name ?? facet.value;
  return (
    <li className="group hover:bg-raised focus-within:bg-raised -mx-1.5 flex min-h-7 items-center gap-2 rounded-sm px-1.5 pointer-coarse:min-h-11">
      <Link
        href={queryHref(address, toggledValue(query, name, value))}
        prefetch={false}
        scroll={false}
        aria-label={state === "included" ? `Take ${words} away` : `Add ${words}`}
        className="flex size-6 shrink-0 items-center justify-center rounded-sm pointer-coarse:size-11"
      >
        <span
          aria-hidden
          className={cn(
            "flex size-3.5 items-center justify-center rounded-[3px] border",
            state === "included" ? "border-accent bg-accent text-on-accent" : "border-control bg-surface",
          )}
        >
          {state === "included" ? <Check className="size-3" /> : null}
        </span>
      </Link>
      <Link
        href={queryHref(address, onlyValue(query, name, value))}
        prefetch={false}
        scroll={false}
        title={words}
        aria-label={`Only ${words}, ${facet.count}`}
        aria-current={state === "included" || undefined}
        className={cn(
          "flex min-w-0 flex-1 items-center gap-2 self-stretch rounded-sm",
          state === "included" && "font-medium",
        )}
      >
        <span
          className={cn(
            "min-w-0 flex-1 truncate",
            facet.name === null && "mono",
            state === "excluded" && "text-ink-2 line-through",
          )}
        >
          {words}
        </span>
        <span className="text-meta text-ink-2">{whole.format(facet.count)}</span>
      </Link>
      <Link
        href={queryHref(address, toggledValue(query, name, value, true))}
        prefetch={false}
        scroll={false}
        aria-label={state === "excluded" ? `No longer leave out ${words}` : `Leave out ${words}`}
        title={state === "excluded" ? "No longer leave out" : "Leave out"}
        className={cn(
          "hover:text-deny flex size-6 shrink-0 items-center justify-center rounded-sm group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:size-11 pointer-coarse:opacity-100",
          state === "excluded" ? "text-deny" : "text-ink-3 opacity-0",
        )}
      >
        <Ban aria-hidden className="size-3.5" />
      </Link>
    </li>
  );
}
