"use client";

import { Search } from "lucide-react";
import { useId, useState } from "react";
import { Callout } from "@/components/ui/callout";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/class-names";
import { AccessBadge } from "./access-badge";
import {
  countHidden,
  coveringWildcard,
  groupState,
  searchScopes,
  wildcardsOf,
  type OfferedScope,
  type ScopeGroup,
} from "./scope-groups";

/**
 * Picks scopes, grouped by server: search over names, words and tools, groups that tick as one, and the tools that each
 * scope opens. Says how many ticked rows the search hides. A tick counts for every group that offers the same name.
 */
export function ScopePicker({
  groups,
  value,
  onChange,
  label = "Scopes",
  wildcards = false,
  disabled = false,
}: {
  groups: readonly ScopeGroup[];
  /** The ticked names (and wildcards, where they are on). */
  value: readonly string[];
  onChange: (value: string[]) => void;
  label?: string;
  /** Offers *everything, also what comes later* (`*`, `tickets:*`); for roles. */
  wildcards?: boolean;
  disabled?: boolean;
}) {
  const [query, setQuery] = useState("");
  const ticked = new Set(value);
  const everything = wildcards && ticked.has("*");
  const shown = searchScopes(groups, query);
  const hidden = countHidden(
    value.filter((name) => !name.endsWith("*")),
    shown,
  );
  const set = (names: readonly string[], on: boolean) => {
    const next = new Set(value);
    for (const name of names) {
      if (on) next.add(name);
      else next.delete(name);
    }
    onChange([...next]);
  };
  return (
    <div role="group" aria-label={label} className="border-hairline bg-surface overflow-hidden rounded-lg border">
      <div className="border-hairline flex flex-wrap items-center gap-3 border-b p-2">
        <div className="relative min-w-40 flex-1">
          <Search aria-hidden className="text-ink-3 absolute inset-y-0 left-2.5 my-auto size-4" />
          <input
            type="search"
            aria-label="Search scopes and tools"
            placeholder="Search scopes and tools"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            className="control text-body h-8 pl-8"
          />
        </div>
        <p role="status" className="text-meta text-ink-2 px-1">
          {everything ? "Everything" : `${value.length} chosen`}
        </p>
      </div>
      {wildcards ? <Everything on={everything} disabled={disabled} onChange={(on) => set(["*"], on)} /> : null}
      {hidden > 0 && query ? (
        <Callout tone="expiring" className="rounded-none py-2">
          {hidden === 1 ? "One chosen scope is" : `${hidden} chosen scopes are`} hidden by the search.{" "}
          <button type="button" className="font-medium underline" onClick={() => setQuery("")}>
            Show all
          </button>
        </Callout>
      ) : null}
      <div className="max-h-96 overflow-y-auto" tabIndex={0} role="region" aria-label={`${label}, by server`}>
        {shown.length === 0 ? (
          <p className="text-body text-ink-2 px-4 py-8 text-center">
            {groups.length === 0 ? "These servers offer no scopes yet." : "No scope or tool matches."}
          </p>
        ) : null}
        {shown.map((group) => (
          <Group
            key={group.serverId}
            group={group}
            ticked={ticked}
            disabled={disabled || everything}
            wildcards={wildcards && !query}
            onSet={set}
          />
        ))}
      </div>
    </div>
  );
}

function Everything({ on, disabled, onChange }: { on: boolean; disabled: boolean; onChange: (on: boolean) => void }) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className="border-hairline hover:bg-raised/60 flex cursor-pointer items-start gap-3 border-b px-4 py-2"
    >
      <Checkbox
        id={id}
        checked={on}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next === true)}
        className="mt-0.5"
      />
      <span>
        <span className="text-body text-ink font-medium">
          Everything <code className="mono text-ink-2">*</code>
        </span>
        <span className="text-meta text-ink-2 block">Also scopes that these servers add later.</span>
      </span>
    </label>
  );
}

type Setter = (names: readonly string[], on: boolean) => void;

function Group({
  group,
  ticked,
  disabled,
  wildcards,
  onSet,
}: {
  group: ScopeGroup;
  ticked: ReadonlySet<string>;
  disabled: boolean;
  wildcards: boolean;
  onSet: Setter;
}) {
  const id = useId();
  const state = groupState(group, ticked);
  return (
    <div role="group" aria-labelledby={id} className="border-hairline border-b last:border-b-0">
      <div className="bg-page border-hairline sticky top-0 z-10 flex h-8 items-center gap-3 border-b px-4">
        <Checkbox
          aria-labelledby={id}
          checked={state}
          disabled={disabled}
          onCheckedChange={(next) =>
            onSet(
              group.scopes.map((scope) => scope.name),
              next === true,
            )
          }
        />
        <span id={id} className="text-meta text-ink-2 flex-1 truncate font-medium">
          {group.serverName}
        </span>
      </div>
      {wildcards
        ? wildcardsOf(group, ticked).map(({ pattern, covers }) => (
            <WildcardRow
              key={pattern}
              pattern={pattern}
              covers={covers}
              on={ticked.has(pattern)}
              disabled={disabled}
              onSet={onSet}
            />
          ))
        : null}
      {group.scopes.map((scope) => (
        <Row
          key={scope.name}
          scope={scope}
          on={ticked.has(scope.name)}
          givenBy={coveringWildcard(scope.name, ticked)}
          disabled={disabled}
          onSet={onSet}
        />
      ))}
    </div>
  );
}

function WildcardRow({
  pattern,
  covers,
  on,
  disabled,
  onSet,
}: {
  pattern: string;
  covers: number;
  on: boolean;
  disabled: boolean;
  onSet: Setter;
}) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className={cn(
        "border-hairline flex cursor-pointer items-start gap-3 border-b px-4 py-2",
        on ? "bg-selected/50" : "hover:bg-raised/60",
        disabled && "cursor-not-allowed",
      )}
    >
      <Checkbox
        id={id}
        checked={on}
        disabled={disabled}
        onCheckedChange={(next) => onSet([pattern], next === true)}
        className="mt-0.5"
      />
      <span className="min-w-0 flex-1">
        <code className="text-body mono text-ink">{pattern}</code>
        <span className="text-meta text-ink-2 block">
          {covers === 1 ? "One scope" : `${covers} scopes`} today, and what comes later under that name.
        </span>
      </span>
    </label>
  );
}

/** A scope. One that a ticked wildcard gives (`givenBy`) is ticked, and cannot be taken away alone. */
function Row({
  scope,
  on,
  givenBy,
  disabled: locked,
  onSet,
}: {
  scope: OfferedScope;
  on: boolean;
  givenBy: string | null;
  disabled: boolean;
  onSet: Setter;
}) {
  const id = useId();
  const disabled = locked || givenBy !== null;
  return (
    <label
      htmlFor={id}
      className={cn(
        "border-hairline flex cursor-pointer items-start gap-3 border-b px-4 py-2 last:border-b-0",
        on || givenBy ? "bg-selected/50" : "hover:bg-raised/60",
        disabled && "cursor-not-allowed",
      )}
    >
      <Checkbox
        id={id}
        checked={on || givenBy !== null}
        disabled={disabled}
        onCheckedChange={(next) => onSet([scope.name], next === true)}
        className="mt-0.5"
      />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-2">
          <code className="text-body mono text-ink">{scope.name}</code>
          <AccessBadge access={scope.access} />
          {givenBy && givenBy !== "*" ? (
            <span className="text-meta text-ink-2">
              by <span className="mono">{givenBy}</span>
            </span>
          ) : null}
        </span>
        {scope.description ? <span className="text-meta text-ink-2 block">{scope.description}</span> : null}
        <span className="text-meta text-ink-3 mt-0.5 block">
          {scope.tools.length === 0 ? (
            "opens no tool yet"
          ) : (
            <>
              opens <span className="mono text-ink-2">{scope.tools.slice(0, 6).join(", ")}</span>
              {scope.tools.length > 6 ? ` and ${scope.tools.length - 6} more` : null}
            </>
          )}
        </span>
      </span>
    </label>
  );
}
