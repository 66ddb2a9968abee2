"use client";

import { ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { Avatar } from "@/components/ui/avatar";
import { Menu } from "@/components/ui/menu";
import type { Theme } from "./theme";
import { useTheme } from "./use-theme";

export type Reader = { name: string; email: string; consoleRole: string };

const THEME_CHOICES: { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: "system", label: "System", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
];

/** Who is signed in: their account, the theme, and the way out. */
export function AccountMenu({
  reader,
  onSignOut,
  onShowKeys,
}: {
  reader: Reader;
  onSignOut: () => void;
  onShowKeys: () => void;
}) {
  const [theme, setTheme] = useTheme();
  return (
    <Menu
      align="start"
      side="top"
      trigger={
        <button
          type="button"
          aria-label={`Account of ${reader.name}`}
          className="hover:bg-raised data-[state=open]:bg-raised flex min-h-11 w-full items-center gap-2.5 rounded-md px-2 text-left"
        >
          <Avatar name={reader.name} />
          <span className="min-w-0 flex-1">
            <span className="text-body text-ink block truncate font-medium">{reader.name}</span>
            <span className="text-caption text-ink-2 block truncate capitalize">{reader.consoleRole}</span>
          </span>
          <ChevronsUpDown aria-hidden className="text-ink-3 size-4 shrink-0" />
        </button>
      }
      items={[
        { heading: reader.email },
        { label: "Account", icon: <UserRound aria-hidden />, href: "/account" },
        { label: "Keyboard shortcuts", icon: <Keyboard aria-hidden />, hint: "?", onSelect: onShowKeys },
        { separator: true },
        { heading: "Theme" },
        ...THEME_CHOICES.map(({ theme: choice, label, icon: Icon }) => ({
          label,
          icon: <Icon aria-hidden />,
          checked: theme === choice,
          onSelect: () => setTheme(choice),
        })),
        { separator: true },
        { label: "Sign out", icon: <LogOut aria-hidden />, onSelect: onSignOut },
      ]}
    />
  );
}
