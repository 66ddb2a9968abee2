import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** A real table that scrolls sideways in itself, never the page. `label` names it for screen readers. */
export function Table({ label, className, children, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="relative max-w-full overflow-x-auto -outline-offset-2"
    >
      <table {...rest} aria-label={label} className={cn("text-body w-full border-collapse text-left", className)}>
        {children}
      </table>
    </div>
  );
}

export function TableHead({ className, ...rest }: ComponentProps<"thead">) {
  return <thead {...rest} className={cn("bg-page", className)} />;
}

export function TableBody(props: ComponentProps<"tbody">) {
  return <tbody {...props} />;
}

/** A row; `data-selected` tints it. */
export function TableRow({ className, ...rest }: ComponentProps<"tr">) {
  return (
    <tr
      {...rest}
      className={cn(
        "border-hairline hover:bg-raised/60 data-selected:bg-selected border-b last:border-b-0 in-[thead]:hover:bg-transparent",
        className,
      )}
    />
  );
}

export function TableHeader({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      {...rest}
      className={cn(
        "text-meta text-ink-2 h-8 px-3 font-medium whitespace-nowrap first:pl-4 last:pr-4 data-[align=right]:text-right",
        className,
      )}
    />
  );
}

export function TableCell({ className, ...rest }: ComponentProps<"td">) {
  return (
    <td
      {...rest}
      className={cn(
        "h-9 px-3 py-1 align-middle first:pl-4 last:pr-4 data-[align=right]:text-right pointer-coarse:h-11",
        className,
      )}
    />
  );
}
