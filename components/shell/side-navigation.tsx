"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { Permission } from "@/lib/authz/permissions";
import { cn } from "@/components/ui/class-names";
import { Kbd } from "@/components/ui/kbd";
import { AccountMenu, type Reader } from "./account-menu";
import { Logo } from "./logo";
import { NoticesLink } from "./notices-link";
import { isCurrent, isPermitted, NAVIGATION } from "./navigation";

/** The list of screens, with the account below. Beside the page on a wide screen, in a drawer on a narrow one. */
export function SideNavigation({
  reader,
  permissions,
  unseenNotices,
  onNavigate,
  onSearch,
  onSignOut,
  onShowKeys,
}: {
  reader: Reader;
  permissions: readonly Permission[];
  /** How many notices wait for the reader. */
  unseenNotices: number;
  /** A link was followed (the drawer closes). */
  onNavigate?: () => void;
  onSearch: () => void;
  onSignOut: () => void;
  onShowKeys: () => void;
}) {
  const pathname = usePathname();
  return (
    <div className="flex h-full flex-col gap-1 p-3">
      <Link
        href="/"
        onClick={onNavigate}
        className="text-form text-ink mb-2 flex h-9 items-center gap-2.5 rounded-md px-2 font-semibold tracking-tight"
      >
        <Logo className="size-6" />
        Gatehouse
      </Link>
      <button
        type="button"
        onClick={onSearch}
        className="border-hairline bg-surface text-body text-ink-2 hover:bg-raised hover:text-ink mb-2 flex h-8 items-center gap-2 rounded-md border px-2 pointer-coarse:h-11"
      >
        <Search aria-hidden className="size-4" />
        <span className="flex-1 text-left">Find or go to</span>
        <span aria-hidden className="pointer-coarse:hidden">
          <Kbd>⌘K</Kbd>
        </span>
      </button>
      <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto">
        <ul className="flex flex-col gap-0.5">
          {NAVIGATION.filter((item) => isPermitted(item, permissions)).map((item) => {
            const current = isCurrent(item.href, pathname);
            return (
              <li key={item.href}>
                <Link
                  href={item.href}
                  onClick={onNavigate}
                  aria-current={current ? "page" : undefined}
                  className={cn(
                    "text-body flex h-8 items-center gap-2.5 rounded-md px-2 font-medium -outline-offset-2 pointer-coarse:h-11",
                    current ? "bg-raised text-ink" : "text-ink-2 hover:bg-raised/70 hover:text-ink",
                  )}
                >
                  <item.icon aria-hidden className={cn("size-4", current ? "text-accent" : "text-ink-3")} />
                  {item.label}
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="border-hairline border-t pt-2">
        <NoticesLink unseen={unseenNotices} current={isCurrent("/notices", pathname)} onNavigate={onNavigate} />
        <AccountMenu reader={reader} onSignOut={onSignOut} onShowKeys={onShowKeys} />
      </div>
    </div>
  );
}
