"use client";

import { useEffect, useRef } from "react";
import { cn } from "@/components/ui/class-names";
import { counted } from "@/lib/counted";
import type { Option } from "@/lib/audit/language/options";

/** What fits at the caret. The listbox is always there, since the box names it; it shows while it has options. */
export function QueryOptions({
  id,
  options,
  active,
  onTake,
  inDialog,
}: {
  id: string;
  options: readonly Option[];
  active: number;
  onTake: (nth: number) => void;
  inDialog: boolean;
}) {
  const list = useRef<HTMLUListElement>(null);
  const shown = options.length > 0;
  useEffect(() => {
    if (inDialog && shown) list.current?.scrollIntoView({ block: "nearest" });
  }, [inDialog, shown]);
  return (
    <>
      <ul
        ref={list}
        id={`${id}-options`}
        role="listbox"
        aria-label="Suggestions"
        className={cn(
          "bg-overlay shadow-overlay absolute inset-x-0 top-full z-30 mt-1 overflow-y-auto rounded-lg p-1",
          inDialog ? "max-h-44" : "max-h-[min(22rem,50dvh)]",
          !shown && "hidden",
        )}
      >
        {options.map(({ text, detail }, nth) => (
          <li
            key={text}
            id={`${id}-${nth}`}
            role="option"
            aria-selected={nth === active}
            ref={nth === active ? (row) => row?.scrollIntoView({ block: "nearest" }) : undefined}
            // The caret stays where it is.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(nth)}
            className={cn(
              "flex min-h-8 cursor-default items-baseline gap-3 rounded-md px-2 py-1.5 pointer-coarse:min-h-11",
              nth === active ? "bg-selected" : "hover:bg-raised",
            )}
          >
            <span className="mono max-w-[60%] shrink-0 truncate">{text}</span>
            <span className="text-meta text-ink-2 min-w-0 truncate">{detail}</span>
          </li>
        ))}
      </ul>
      <span role="status" className="sr-only">
        {shown ? counted(options.length, "suggestion") : ""}
      </span>
    </>
  );
}
