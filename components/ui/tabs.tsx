import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "./class-names";

export type Tab = { value: string; label: ReactNode; href: string; count?: number };

/** Tabs that are links: the tab stands in the URL, the server renders it. */
export function Tabs({ tabs, current, label }: { tabs: readonly Tab[]; current: string; label: string }) {
  return (
    <nav aria-label={label} className="border-hairline mb-6 overflow-x-auto overflow-y-hidden border-b">
      <ul className="flex gap-1">
        {tabs.map((tab) => {
          const active = tab.value === current;
          return (
            <li key={tab.value}>
              <Link
                href={tab.href}
                scroll={false}
                aria-current={active ? "page" : undefined}
                className={cn(
                  "text-body relative flex h-9 items-center gap-1.5 rounded-t-md px-3 font-medium whitespace-nowrap -outline-offset-2 pointer-coarse:h-11",
                  active
                    ? "text-ink after:bg-accent after:absolute after:inset-x-3 after:-bottom-px after:h-0.5 after:rounded-full"
                    : "text-ink-2 hover:text-ink",
                )}
              >
                {tab.label}
                {tab.count !== undefined ? (
                  <span className="bg-raised text-ink-2 text-caption rounded-full px-1.5 font-medium">{tab.count}</span>
                ) : null}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
