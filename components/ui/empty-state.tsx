import type { ReactNode } from "react";
import { cn } from "./class-names";

/** Nothing here: says why, and what to do next. */
export function EmptyState({
  icon,
  title,
  description,
  action,
  titleAs: Title = "p",
  className,
}: {
  icon?: ReactNode;
  title: ReactNode;
  description?: ReactNode;
  action?: ReactNode;
  /** `h1` where it stands for the whole page. */
  titleAs?: "p" | "h1";
  className?: string;
}) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-12 text-center", className)}>
      {icon ? (
        <span
          aria-hidden
          className="border-hairline bg-raised text-ink-2 mb-4 flex size-10 items-center justify-center rounded-lg border [&_svg]:size-5"
        >
          {icon}
        </span>
      ) : null}
      <Title className="text-form text-ink font-semibold">{title}</Title>
      {description ? <div className="text-body text-ink-2 mt-1 max-w-md text-pretty">{description}</div> : null}
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
