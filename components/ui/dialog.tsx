"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./class-names";
import { useReturnFocus } from "./use-return-focus";

type PanelProps = {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** One element that opens it; leave out where `open` is controlled. */
  trigger?: ReactNode;
  title: ReactNode;
  description?: ReactNode;
  footer?: ReactNode;
  /** Return true to keep it open (asked on Escape, a click outside, and the close button). */
  guard?: () => boolean;
  children?: ReactNode;
};

const SCRIM = "bg-scrim animate-fade-in fixed inset-0 z-40";

function Frame({ className, ...props }: PanelProps & { className: string }) {
  const { open, onOpenChange, trigger, title, description, footer, guard, children } = props;
  const { onOpenAutoFocus, onCloseAutoFocus } = useReturnFocus();
  const change = (next: boolean) => {
    if (!next && guard?.()) return;
    onOpenChange?.(next);
  };
  return (
    <Radix.Root open={open} onOpenChange={change}>
      {trigger ? <Radix.Trigger asChild>{trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className={SCRIM} />
        <Radix.Content
          className={className}
          {...(description ? {} : { "aria-describedby": undefined })}
          onCloseAutoFocus={onCloseAutoFocus}
          onEscapeKeyDown={(event) => {
            // The first Escape is for the list that is open in it.
            if (event.target instanceof Element && event.target.matches("[role=combobox][aria-expanded=true]"))
              event.preventDefault();
          }}
          onOpenAutoFocus={(event) => {
            onOpenAutoFocus();
            // The close button comes first in the order, but it is not what one opens a panel for.
            const first = (event.currentTarget as HTMLElement | null)?.querySelector<HTMLElement>("[data-autofocus]");
            if (first) {
              event.preventDefault();
              first.focus();
            }
          }}
        >
          <header className="border-hairline flex items-start justify-between gap-4 border-b px-5 py-3.5">
            <div className="min-w-0">
              <Radix.Title className="text-section text-ink font-semibold wrap-anywhere">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="text-body text-ink-2 mt-0.5">{description}</Radix.Description>
              ) : null}
            </div>
            <Radix.Close
              aria-label="Close"
              className="text-ink-2 hover:bg-raised hover:text-ink -mr-1.5 flex size-7 shrink-0 items-center justify-center rounded-md pointer-coarse:size-11"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer ? (
            <footer className="border-hairline bg-page flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">
              {footer}
            </footer>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A window over the page, for one short task. On a phone it fills the width from below. */
export function Dialog({ width = 480, ...props }: PanelProps & { width?: 400 | 480 | 640 }) {
  const size = { 400: "sm:max-w-[400px]", 480: "sm:max-w-[480px]", 640: "sm:max-w-[640px]" }[width];
  return (
    <Frame
      {...props}
      className={cn(
        "bg-overlay shadow-overlay animate-pop-in fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col overflow-hidden rounded-t-lg outline-none sm:inset-0 sm:m-auto sm:h-fit sm:w-[calc(100%-2rem)] sm:rounded-lg",
        size,
      )}
    />
  );
}

/** A panel from the right, for looking at one thing beside its list: 480 to 720 px. */
export function Drawer({ width = 560, ...props }: PanelProps & { width?: 480 | 560 | 720 }) {
  const size = { 480: "sm:max-w-[480px]", 560: "sm:max-w-[560px]", 720: "sm:max-w-[720px]" }[width];
  return (
    <Frame
      {...props}
      className={cn(
        "bg-overlay shadow-overlay animate-drawer-in fixed inset-y-0 right-0 z-50 flex w-full flex-col overflow-hidden outline-none",
        size,
      )}
    />
  );
}
