"use client";

import { Command } from "cmdk";
import { Check, Plus } from "lucide-react";
import { useState } from "react";
import { AccessBadge } from "@/components/scope/access-badge";
import { cn } from "@/components/ui/class-names";
import { scopeNameField } from "@/lib/fields";
import { ACCESS_LEVELS, type Access } from "@/lib/server/schema";

/** A scope as it can be chosen. */
export type ScopeOption = { name: string; access: Access };

/** Makes a scope; true where it was made. */
export type CreateScope = (name: string, access: Access) => Promise<boolean>;

const ITEM =
  "text-body data-[selected=true]:bg-raised data-[disabled=true]:text-ink-3 flex min-h-8 items-center gap-2 rounded-md px-2 py-1 pointer-coarse:min-h-11";

/** Several of a server's scopes, found by typing; a name that is not there yet can be made on the fly. */
export function ScopeCombobox({
  scopes,
  value,
  onChange,
  suggestedAccess,
  onCreate,
  autoFocus = false,
}: {
  scopes: readonly ScopeOption[];
  value: readonly string[];
  onChange: (value: string[]) => void;
  /** Offered first where a scope is made. */
  suggestedAccess: Access;
  /** Absent where the reader may not make scopes. */
  onCreate?: CreateScope;
  autoFocus?: boolean;
}) {
  const [query, setQuery] = useState("");
  const [busy, setBusy] = useState(false);
  const wanted = query.trim();
  const shown = scopes.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  const creatable =
    onCreate !== undefined && !scopes.some(({ name }) => name === wanted) && scopeNameField.safeParse(wanted).success;
  const toggle = (name: string) =>
    onChange(value.includes(name) ? value.filter((one) => one !== name) : [...value, name]);
  const create = async (access: Access) => {
    if (!onCreate || busy) return;
    setBusy(true);
    if (await onCreate(wanted, access)) {
      onChange([...value, wanted]);
      setQuery("");
    }
    setBusy(false);
  };
  return (
    <Command shouldFilter={false} label="Scopes" className="flex flex-col">
      <Command.Input
        autoFocus={autoFocus}
        value={query}
        onValueChange={setQuery}
        aria-label={onCreate ? "Find a scope, or name a new one" : "Find a scope"}
        placeholder={onCreate ? "Find a scope, or name a new one" : "Find a scope"}
        maxLength={128}
        className="control text-body mono mb-2 h-8"
      />
      <Command.List className="max-h-56 overflow-y-auto">
        {shown.length === 0 && !creatable ? (
          <p className="text-body text-ink-2 px-2 py-4 text-center">
            {scopes.length === 0 && !wanted ? "No scopes yet. Type a name, like tickets:read." : "Nothing matches."}
          </p>
        ) : null}
        {shown.map(({ name, access }) => {
          const on = value.includes(name);
          return (
            <Command.Item key={name} value={name} onSelect={() => toggle(name)} className={ITEM}>
              <span
                aria-hidden
                className={cn(
                  "border-control flex size-4 shrink-0 items-center justify-center rounded-sm border",
                  on && "bg-accent border-accent text-on-accent",
                )}
              >
                {on ? <Check className="size-3" /> : null}
              </span>
              <span className="mono min-w-0 flex-1 truncate">
                {name}
                <span className="sr-only">{on ? ", required" : ", not required"}</span>
              </span>
              <AccessBadge access={access} />
            </Command.Item>
          );
        })}
        {creatable ? (
          <Command.Group
            heading={`Make ${wanted}, and require it`}
            className="[&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:text-ink-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:wrap-anywhere"
          >
            {[suggestedAccess, ...ACCESS_LEVELS.filter((access) => access !== suggestedAccess)].map((access) => (
              <Command.Item
                key={access}
                value={`make ${access}`}
                disabled={busy}
                onSelect={() => void create(access)}
                className={ITEM}
              >
                <Plus aria-hidden className="text-ink-2 size-4" />
                as <AccessBadge access={access} />
                {access === suggestedAccess ? <span className="text-meta text-ink-2 ml-auto">suggested</span> : null}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command>
  );
}
