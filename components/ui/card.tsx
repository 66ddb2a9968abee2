import type { ReactNode } from "react";
import { cn } from "./class-names";

/** A description of more than so many characters needs a line of its own before it needs a neighbour. */
const LONG_CHARS = 40;
const isLong = (description: ReactNode) => typeof description === "string" && description.length > LONG_CHARS;

/** A surface with an optional heading. `flush` lets a table or list reach the edges. */
export function Card({
  title,
  description,
  actions,
  footer,
  flush = false,
  className,
  children,
}: {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <section className={cn("border-hairline bg-surface min-w-0 overflow-hidden rounded-lg border", className)}>
      {title || actions ? (
        <header
          className={cn(
            "flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2",
            flush && "border-hairline border-b",
          )}
        >
          <div className={cn("min-w-0 flex-1", isLong(description) ? "basis-64" : "basis-40")}>
            <h2 className="text-form text-ink font-semibold">{title}</h2>
            {description ? <p className="text-meta text-ink-2">{description}</p> : null}
          </div>
          {actions ? <div className="flex items-center gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className={cn(!flush && "px-4 pb-4", !flush && !title && !actions && "pt-4")}>{children}</div>
      {footer ? (
        <footer className="border-hairline bg-page text-meta text-ink-2 flex flex-wrap items-center justify-between gap-2 border-t px-4 py-2.5">
          {footer}
        </footer>
      ) : null}
    </section>
  );
}
