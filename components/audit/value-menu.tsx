"use client";

import { Ban, Copy, ExternalLink, Filter, MoreHorizontal } from "lucide-react";
import { Menu, type MenuItem } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";

async function copy(value: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
    toast.success("Copied");
  } catch {
    toast.warning("The browser refused to copy", "Select the text and copy it by hand.");
  }
}

/** What can be done with one value of an entry: only what has it, all but that, copy it, open what it names. */
export function ValueMenu({
  words,
  value,
  onlyHref,
  excludeHref,
  page,
}: {
  words: string;
  value: string;
  onlyHref: string;
  excludeHref: string;
  page?: string;
}) {
  const items: MenuItem[] = [
    { label: "Only entries with it, of all time", icon: <Filter aria-hidden />, href: onlyHref },
    { label: "Leave it out of this search", icon: <Ban aria-hidden />, href: excludeHref },
    { label: "Copy", icon: <Copy aria-hidden />, onSelect: () => void copy(value) },
    ...(page ? [{ label: "Open its page", icon: <ExternalLink aria-hidden />, href: page }] : []),
  ];
  return (
    <Menu
      items={items}
      trigger={
        <button
          type="button"
          aria-label={`What to do with ${words}`}
          className="text-ink-3 hover:bg-raised hover:text-ink data-[state=open]:bg-raised -my-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded-sm pointer-coarse:size-11"
        >
          <MoreHorizontal aria-hidden className="size-3.5" />
        </button>
      }
    />
  );
}
