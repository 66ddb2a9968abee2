"use client";

import { Search } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { CheckboxField } from "@/components/ui/checkbox";
import { FieldMessage, FieldSet } from "@/components/ui/field";

/** Client-safe: a role as pickers offer it. */
export type RoleOption = {
  id: string;
  name: string;
  description: string;
  readOnly: boolean;
  /** True where it reaches Gatehouse's own admin API. */
  administers: boolean;
};

const SEARCH_FROM = 8;

/** Any number of roles, by ticks. A search appears where there are many; ticked ones stay in sight. */
export function RoleChecks({
  options,
  value,
  onChange,
  legend = "Roles",
  hint,
  error,
  disabledReason,
}: {
  options: readonly RoleOption[];
  value: readonly string[];
  onChange: (value: string[]) => void;
  legend?: string;
  hint?: string;
  error?: string | undefined;
  /** Why a role cannot be given; null where it can. */
  disabledReason?: (role: RoleOption) => string | null;
}) {
  const [query, setQuery] = useState("");
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = options.filter(
    (role) =>
      value.includes(role.id) || words.every((word) => `${role.name} ${role.description}`.toLowerCase().includes(word)),
  );
  return (
    <FieldSet legend={legend} hint={hint}>
      {options.length === 0 ? <p className="text-body text-ink-2">There is no role yet.</p> : null}
      {options.length >= SEARCH_FROM ? (
        <div className="relative">
          <Search aria-hidden className="text-ink-3 absolute inset-y-0 left-2.5 my-auto size-4" />
          <input
            type="search"
            aria-label="Search roles"
            placeholder="Search roles"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            className="control text-body h-8 pl-8 pointer-coarse:h-11 pointer-coarse:text-base"
          />
        </div>
      ) : null}
      {options.length > 0 ? (
        <div
          role="group"
          aria-label={legend}
          tabIndex={0}
          className="border-hairline grid max-h-64 gap-2.5 overflow-y-auto rounded-lg border p-3"
        >
          {shown.map((role) => (
            <RoleCheck
              key={role.id}
              role={role}
              on={value.includes(role.id)}
              reason={disabledReason?.(role) ?? null}
              onChange={(on) => onChange(on ? [...value, role.id] : value.filter((id) => id !== role.id))}
            />
          ))}
          {shown.length === 0 ? <p className="text-body text-ink-2">No role matches.</p> : null}
        </div>
      ) : null}
      {error ? <FieldMessage>{error}</FieldMessage> : null}
    </FieldSet>
  );
}

function RoleCheck({
  role,
  on,
  reason,
  onChange,
}: {
  role: RoleOption;
  on: boolean;
  reason: string | null;
  onChange: (on: boolean) => void;
}) {
  return (
    <CheckboxField
      checked={on}
      disabled={reason !== null && !on}
      onCheckedChange={(next) => onChange(next === true)}
      description={reason ?? (role.description || undefined)}
      label={
        <span className="flex flex-wrap items-center gap-x-2">
          {role.name}
          <ReachBadge role={role} />
        </span>
      }
    />
  );
}

/** How far a role reaches: read-only, writing, or Gatehouse itself. */
export function ReachBadge({ role }: { role: Pick<RoleOption, "readOnly" | "administers"> }) {
  if (role.administers) return <Badge tone="deny">administers Gatehouse</Badge>;
  return <Badge tone={role.readOnly ? "neutral" : "expiring"}>{role.readOnly ? "read-only" : "can write"}</Badge>;
}
