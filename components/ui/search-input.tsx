"use client";

import { LoaderCircle, Search, X } from "lucide-react";
import { debounce, parseAsInteger, parseAsString, useQueryStates } from "nuqs";
import { useRef } from "react";
import { cn } from "./class-names";
import { useUrlTransition } from "./url-transition";

/** The search of a list, kept in the URL (`?q=`); asks the server 250 ms after the last key. `/` focuses it. */
export function SearchInput({
  param = "q",
  placeholder = "Search…",
  label,
  className,
}: {
  param?: string;
  placeholder?: string;
  /** For screen readers; the placeholder where absent. */
  label?: string;
  className?: string;
}) {
  const { pending, start } = useUrlTransition();
  const input = useRef<HTMLInputElement>(null);
  const [state, setState] = useQueryStates(
    { [param]: parseAsString.withDefault(""), page: parseAsInteger },
    { shallow: false, startTransition: start, clearOnDefault: true },
  );
  const text = String(state[param] ?? "");
  const search = (next: string, waitMs: number) =>
    void setState(
      { [param]: next || null, page: null },
      waitMs > 0 ? { limitUrlUpdates: debounce(waitMs) } : undefined,
    );
  const Icon = pending && text ? LoaderCircle : Search;
  return (
    <div className={cn("relative min-w-0", className ?? "w-full sm:w-64")}>
      <Icon
        aria-hidden
        className={cn(
          "text-ink-3 pointer-events-none absolute inset-y-0 left-2.5 my-auto size-4",
          pending && text && "animate-spin",
        )}
      />
      <input
        ref={input}
        type="search"
        data-search
        aria-label={label ?? placeholder}
        placeholder={placeholder}
        value={text}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => search(event.target.value, 250)}
        onKeyDown={(event) => {
          if (event.key === "Enter") search(event.currentTarget.value, 0);
          if (event.key === "Escape" && text) {
            event.preventDefault();
            search("", 0);
          }
        }}
        className="control text-body h-8 pr-8 pl-8 pointer-coarse:h-11 pointer-coarse:text-base [&::-webkit-search-cancel-button]:hidden"
      />
      {text ? (
        <button
          type="button"
          aria-label="Clear search"
          onClick={() => {
            search("", 0);
            input.current?.focus();
          }}
          className="text-ink-2 hover:text-ink absolute inset-y-0 right-1 my-auto flex size-6 items-center justify-center rounded-sm"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      ) : null}
    </div>
  );
}
