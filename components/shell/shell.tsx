"use client";

import { Bell, Menu as MenuIcon, Search } from "lucide-react";
import { signOut } from "next-auth/react";
import { Dialog as Radix } from "radix-ui";
import { useCallback, useState, type ReactNode } from "react";
import type { Permission } from "@/lib/authz/permissions";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import type { Reader } from "./account-menu";
import { CommandMenu } from "./command-menu";
import { Logo } from "./logo";
import { noticesLabel } from "./notices-link";
import { ShortcutHelp } from "./shortcut-help";
import { useShortcuts } from "./shortcuts";
import { SideNavigation } from "./side-navigation";

/** The console's frame: navigation, keys, commands, and the page in the middle. */
export function Shell({
  reader,
  permissions,
  unseenNotices,
  children,
}: {
  reader: Reader;
  /** What the reader may do, as the server says; decides only what is shown. */
  permissions: readonly Permission[];
  /** How many notices wait for the reader. */
  unseenNotices: number;
  children: ReactNode;
}) {
  const [navigationOpen, setNavigationOpen] = useState(false);
  const [commandsOpen, setCommandsOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const openCommands = useCallback(() => setCommandsOpen(true), []);
  const openHelp = useCallback(() => setHelpOpen(true), []);
  useShortcuts({ permissions, openCommands, openHelp });

  const navigation = (onNavigate?: () => void) => (
    <SideNavigation
      reader={reader}
      permissions={permissions}
      unseenNotices={unseenNotices}
      onNavigate={onNavigate}
      onSearch={() => {
        onNavigate?.();
        openCommands();
      }}
      onSignOut={() => void signOut({ callbackUrl: "/signed-out" })}
      onShowKeys={() => {
        onNavigate?.();
        openHelp();
      }}
    />
  );
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[224px_minmax(0,1fr)]">
      <a
        href="#content"
        className="bg-accent text-on-accent text-body sr-only z-50 rounded-md px-3 py-2 font-medium focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <aside className="border-hairline bg-page sticky top-0 h-dvh border-r max-lg:hidden">{navigation()}</aside>
      <header className="border-hairline bg-page sticky top-0 z-30 flex h-13 items-center gap-2 border-b px-3 lg:hidden">
        <Radix.Root open={navigationOpen} onOpenChange={setNavigationOpen}>
          <Radix.Trigger asChild>
            <Button variant="ghost" size="icon" aria-label="Open navigation">
              <MenuIcon aria-hidden />
            </Button>
          </Radix.Trigger>
          <Radix.Portal>
            <Radix.Overlay className="bg-scrim animate-fade-in fixed inset-0 z-40" />
            <Radix.Content
              aria-describedby={undefined}
              className="bg-page shadow-overlay animate-nav-in fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] outline-none"
            >
              <Radix.Title className="sr-only">Navigation</Radix.Title>
              {navigation(() => setNavigationOpen(false))}
            </Radix.Content>
          </Radix.Portal>
        </Radix.Root>
        <span className="text-form text-ink flex flex-1 items-center gap-2 font-semibold tracking-tight">
          <Logo className="size-5" />
          Gatehouse
        </span>
        {unseenNotices > 0 ? (
          <ButtonLink
            variant="ghost"
            size="icon"
            href="/notices"
            aria-label={noticesLabel(unseenNotices)}
            className="relative"
          >
            <Bell aria-hidden />
            <span aria-hidden className="bg-deny absolute top-2 right-2 size-2 rounded-full" />
          </ButtonLink>
        ) : null}
        <Button variant="ghost" size="icon" aria-label="Find or go to" onClick={openCommands}>
          <Search aria-hidden />
        </Button>
      </header>
      <main id="content" tabIndex={-1} className="min-w-0 outline-none">
        <div className="mx-auto max-w-[1240px] px-4 py-5 sm:px-6 sm:py-6 lg:px-8">{children}</div>
      </main>
      <CommandMenu open={commandsOpen} onOpenChange={setCommandsOpen} permissions={permissions} />
      <ShortcutHelp open={helpOpen} onOpenChange={setHelpOpen} />
    </div>
  );
}
