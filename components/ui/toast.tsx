"use client";

import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import { toast as show, Toaster as Sonner } from "sonner";

/** Where toasts appear. Once, in the root layout. */
export function Toaster() {
  return (
    <Sonner
      // Never at the right end, where a drawer's foot has its main button.
      position="bottom-center"
      closeButton
      visibleToasts={3}
      icons={{
        success: <CircleCheck aria-hidden className="text-allow size-4" />,
        error: <CircleAlert aria-hidden className="text-deny size-4" />,
        warning: <TriangleAlert aria-hidden className="text-expiring size-4" />,
        info: <Info aria-hidden className="text-info size-4" />,
      }}
      toastOptions={{
        style: {
          background: "var(--color-overlay)",
          color: "var(--color-ink)",
          border: "none",
          boxShadow: "var(--shadow-overlay)",
          borderRadius: "var(--radius-lg)",
          fontFamily: "inherit",
          fontSize: "0.8125rem",
        },
        classNames: {
          description: "!text-ink-2",
          closeButton: "!bg-overlay !text-ink-2 !border-hairline",
          actionButton: "!bg-transparent !text-accent !font-medium !h-6",
        },
      }}
    />
  );
}

type ActionError = { title: string; detail?: string; requestId?: string };

/** Short notes after an act. Errors stay until closed and name the request. */
export const toast = {
  success: (title: string, description?: string) => show.success(title, { description }),
  info: (title: string, description?: string) => show.info(title, { description }),
  warning: (title: string, description?: string) => show.warning(title, { description }),
  /** For the `error` of a server action. */
  error: ({ title, detail, requestId }: ActionError) =>
    show.error(title, {
      description: [detail === title ? undefined : detail, requestId && `Request ${requestId}`]
        .filter(Boolean)
        .join(" · "),
      duration: Infinity,
    }),
  /** Something reversible was done: says so, and offers the way back for eight seconds. */
  undo: (title: string, onUndo: () => void) =>
    show.success(title, { action: { label: "Undo", onClick: onUndo }, duration: 8000 }),
};
