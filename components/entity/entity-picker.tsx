"use client";

import { Command } from "cmdk";
import { Check, ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useState, type ReactNode } from "react";
import { cn } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";

export type EntityOption = {
  value: string;
  label: string;
  /** A second line: an e-mail address, what it is for. */
  description?: string;
  badge?: ReactNode;
  /** Why it cannot be chosen. */
  disabledReason?: string | null;
};

/** One thing of a list that may be long: a button that opens a search over names and descriptions. */
export function EntityPicker({
  options,
  value,
  onChange,
  placeholder = "Choose…",
  searchLabel = "Search by name",
  noneLabel,
  ...aria
}: {
  options: readonly EntityOption[];
  value: string | null;
  onChange: (value: string | null) => void;
  placeholder?: string;
  searchLabel?: string;
  /** Offers *none* under this name. */
  noneLabel?: string;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
}) {
  const [open, setOpen] = useState(false);
  const control = useFieldControl(aria);
  const chosen = options.find((option) => option.value === value);
  const choose = (next: string | null) => {
    onChange(next);
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          role="combobox"
          aria-haspopup="dialog"
          aria-expanded={open}
          {...aria}
          {...control}
          className={cn("control flex items-center justify-between gap-2 text-left", !chosen && "text-ink-3")}
        >
          <span className="min-w-0 truncate">
            {chosen?.label ?? (value === null && noneLabel ? noneLabel : placeholder)}
          </span>
          <ChevronDown aria-hidden className="text-ink-3 size-4 shrink-0" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="bg-overlay shadow-overlay animate-pop-in z-50 w-(--radix-popover-trigger-width) min-w-64 overflow-hidden rounded-lg"
        >
          <Command label={searchLabel} className="flex max-h-80 flex-col">
            <Command.Input
              autoFocus
              aria-label={searchLabel}
              placeholder={searchLabel}
              className="border-hairline text-form placeholder:text-ink-3 h-10 border-b bg-transparent px-3 outline-none"
            />
            <Command.List className="min-h-0 overflow-y-auto p-1">
              <Command.Empty className="text-body text-ink-2 px-3 py-6 text-center">Nothing matches.</Command.Empty>
              {noneLabel ? (
                <Option label={noneLabel} value="" keywords="" on={value === null} onSelect={() => choose(null)} />
              ) : null}
              {options.map((option) => (
                <Option
                  key={option.value}
                  {...option}
                  keywords={`${option.label} ${option.description ?? ""}`}
                  on={option.value === value}
                  onSelect={() => choose(option.value)}
                />
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Option({
  label,
  value,
  description,
  badge,
  disabledReason,
  keywords,
  on,
  onSelect,
}: EntityOption & { keywords: string; on: boolean; onSelect: () => void }) {
  return (
    <Command.Item
      value={value || "none"}
      keywords={[keywords]}
      disabled={Boolean(disabledReason)}
      onSelect={onSelect}
      className="text-body data-[selected=true]:bg-raised data-[disabled=true]:text-ink-3 flex min-h-8 items-center gap-2 rounded-md px-2 py-1 pointer-coarse:min-h-11"
    >
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate">{label}</span>
          {badge}
        </span>
        {disabledReason || description ? (
          <span className="text-meta text-ink-2 block truncate">{disabledReason ?? description}</span>
        ) : null}
      </span>
      <Check aria-hidden className={cn("text-accent size-4 shrink-0", !on && "invisible")} />
    </Command.Item>
  );
}
