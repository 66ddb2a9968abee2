"use client";

import { X } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useUrlTransition } from "./url-transition";

/** Filters that came with a link rather than from the bar: each says what it is, and can be taken away. */
export function FilterChips({ chips }: { chips: readonly { param: string; label: string; value: string }[] }) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { start } = useUrlTransition();
  if (chips.length === 0) return null;
  const remove = (param: string) => {
    const next = new URLSearchParams(params);
    for (const name of [param, "page", "cursor"]) next.delete(name);
    start(() => router.push(next.size > 0 ? `${pathname}?${next}` : pathname));
  };
  return (
    <ul aria-label="Filters from a link" className="mb-3 flex flex-wrap gap-2">
      {chips.map((chip) => (
        <li
          key={chip.param}
          className="bg-selected text-body text-ink inline-flex h-7 max-w-full items-center gap-1 rounded-md pl-2.5 pointer-coarse:h-11"
        >
          <span className="truncate">
            <span className="text-ink-2">{chip.label}:</span> {chip.value}
          </span>
          <button
            type="button"
            aria-label={`Remove the filter ${chip.label}: ${chip.value}`}
            onClick={() => remove(chip.param)}
            className="text-ink-2 hover:text-ink flex size-7 shrink-0 items-center justify-center rounded-md pointer-coarse:size-11"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}
