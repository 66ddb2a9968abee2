"use client";

import Link from "next/link";
import { DropdownMenu as Radix } from "radix-ui";
import { Fragment, useRef, type ReactNode } from "react";
import { cn } from "./class-names";
import { noteFocus } from "./use-return-focus";

export type MenuItem =
  | {
      label: ReactNode;
      icon?: ReactNode;
      /** Keys shown at the right, for the eye. */
      hint?: ReactNode;
      href?: string;
      onSelect?: () => void;
      tone?: "danger";
      disabled?: boolean;
      checked?: boolean;
    }
  | { separator: true }
  | { heading: string };

const ITEM =
  "text-body text-ink data-[highlighted]:bg-raised data-[disabled]:text-ink-3 flex min-h-8 items-center gap-2 rounded-md px-2 py-1 outline-none select-none data-[disabled]:cursor-not-allowed pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-2";

/** A menu that drops from `trigger` (one element that takes a ref, such as `Button`). */
export function Menu({
  trigger,
  items,
  align = "end",
  side = "bottom",
}: {
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: "start" | "center" | "end";
  side?: "top" | "bottom" | "right";
}) {
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <Radix.Root modal={false} onOpenChange={(open) => (open ? noteFocus(opener.current) : undefined)}>
      <Radix.Trigger asChild ref={opener}>
        {trigger}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="bg-overlay shadow-overlay animate-pop-in z-50 max-h-(--radix-dropdown-menu-content-available-height) max-w-[min(28rem,calc(100vw-1rem))] min-w-48 overflow-y-auto rounded-lg p-1"
        >
          {items.map((item, index) => (
            <Fragment key={index}>
              <MenuEntry item={item} />
            </Fragment>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function MenuEntry({ item }: { item: MenuItem }) {
  if ("separator" in item) return <Radix.Separator className="bg-hairline -mx-1 my-1 h-px" />;
  if ("heading" in item)
    return <Radix.Label className="text-meta text-ink-2 px-2 pt-1.5 pb-1">{item.heading}</Radix.Label>;
  const inside = (
    <>
      {item.icon}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.hint ? <span className="text-meta text-ink-3">{item.hint}</span> : null}
    </>
  );
  const className = cn(ITEM, item.tone === "danger" && "text-deny data-[highlighted]:bg-deny-tint [&_svg]:text-deny");
  if (item.checked !== undefined)
    return (
      <Radix.CheckboxItem
        checked={item.checked}
        onSelect={item.onSelect}
        disabled={item.disabled}
        className={className}
      >
        {inside}
        <Radix.ItemIndicator className="text-accent">✓</Radix.ItemIndicator>
      </Radix.CheckboxItem>
    );
  if (item.href)
    return (
      <Radix.Item asChild disabled={item.disabled} className={className}>
        <Link href={item.href}>{inside}</Link>
      </Radix.Item>
    );
  return (
    <Radix.Item onSelect={item.onSelect} disabled={item.disabled} className={className}>
      {inside}
    </Radix.Item>
  );
}
