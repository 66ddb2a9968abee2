"use client";

import { ChevronDown, X } from "lucide-react";
import { parseAsString, useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { Button } from "./button";
import { cn } from "./class-names";
import { Menu } from "./menu";
import { SearchInput } from "./search-input";
import { useUrlTransition } from "./url-transition";

export type Filter = {
  /** The name in the URL. */
  param: string;
  label: string;
  options: readonly { value: string; label: string }[];
  /** What the page takes where the URL names nothing. Shown as chosen, so that a default hides nothing unseen. */
  defaultValue?: string;
  /** The words for *no filter*; `Any` unless given. Leave out the choice with null (where a value is always set). */
  anyLabel?: string | null;
};

/** Search and filters of a list, all in the URL; a change goes back to page one. `children` stand at the right end. */
export function FilterBar({
  filters = [],
  search,
  children,
}: {
  filters?: readonly Filter[];
  search?: { param?: string; placeholder?: string; label?: string } | false;
  children?: ReactNode;
}) {
  const { start } = useUrlTransition();
  const [state, setState] = useQueryStates(
    Object.fromEntries(
      [...filters.map((filter) => filter.param), "page", "cursor"].map((name) => [name, parseAsString]),
    ),
    { shallow: false, startTransition: start },
  );
  const set = (param: string, value: string | null) => void setState({ [param]: value, page: null, cursor: null });
  const chosen = filters.filter((filter) => state[filter.param] != null);
  return (
    <div role="group" aria-label="Filters" className="mb-3 flex flex-wrap items-center gap-2">
      {search === false ? null : <SearchInput {...search} />}
      {filters.map((filter) => (
        <FilterButton
          key={filter.param}
          filter={filter}
          value={state[filter.param] ?? null}
          onChange={(value) => set(filter.param, value)}
        />
      ))}
      {chosen.length > 0 ? (
        <Button
          size="md"
          variant="ghost"
          onClick={() =>
            void setState({
              ...Object.fromEntries(filters.map((filter) => [filter.param, null])),
              page: null,
              cursor: null,
            })
          }
        >
          <X aria-hidden />
          Reset
        </Button>
      ) : null}
      {children ? <div className="ml-auto flex items-center gap-2">{children}</div> : null}
    </div>
  );
}

function FilterButton({
  filter,
  value,
  onChange,
}: {
  filter: Filter;
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const effective = value ?? filter.defaultValue ?? null;
  const option = filter.options.find((each) => each.value === effective);
  const anyLabel = filter.anyLabel === undefined ? "Any" : filter.anyLabel;
  return (
    <Menu
      align="start"
      trigger={
        <Button
          variant="secondary"
          className={cn("max-w-full", option ? "border-control" : "text-ink-2 border-dashed shadow-none")}
        >
          <span className="truncate">
            {filter.label}
            {option ? <span className="text-accent">: {option.label}</span> : null}
          </span>
          <ChevronDown aria-hidden className="text-ink-3 -mr-1" />
        </Button>
      }
      items={[
        ...(anyLabel === null
          ? []
          : [
              { label: anyLabel, checked: effective === null, onSelect: () => onChange(null) },
              { separator: true } as const,
            ]),
        ...filter.options.map((each) => ({
          label: each.label,
          checked: each.value === effective,
          onSelect: () => onChange(each.value === filter.defaultValue ? null : each.value),
        })),
      ]}
    />
  );
}
