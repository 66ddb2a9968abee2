import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

export type Crumb = { label: string; href: string };

/** The head of a screen: where it is, what it is, its facts in one line, and what can be done. Holds the only `h1`. */
export function PageHeader({
  title,
  badge,
  description,
  meta,
  actions,
  breadcrumb,
}: {
  title: ReactNode;
  badge?: ReactNode;
  description?: ReactNode;
  meta?: ReactNode;
  actions?: ReactNode;
  breadcrumb?: readonly Crumb[];
}) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {breadcrumb?.length ? (
          <nav aria-label="Breadcrumb" className="mb-1">
            <ol className="text-meta text-ink-2 flex flex-wrap items-center gap-1">
              {breadcrumb.map((crumb) => (
                <li key={crumb.href} className="flex items-center gap-1">
                  <Link
                    href={crumb.href}
                    className="hover:text-ink inline-flex min-h-6 items-center rounded-sm hover:underline"
                  >
                    {crumb.label}
                  </Link>
                  <ChevronRight aria-hidden className="text-ink-3 size-3.5" />
                </li>
              ))}
            </ol>
          </nav>
        ) : null}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-title text-ink min-w-0 font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {badge}
        </div>
        {description ? <p className="text-body text-ink-2 mt-1 max-w-2xl text-pretty">{description}</p> : null}
        {meta ? (
          <div className="text-meta text-ink-2 mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1">{meta}</div>
        ) : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}
