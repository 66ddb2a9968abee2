"use client";

import { Command } from "cmdk";
import { ArrowRight, KeyRound, Plus, Search, SunMoon } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import type { Permission } from "@/lib/authz/permissions";
import { CREATE, isPermitted, NAVIGATION } from "./navigation";
import { THEMES } from "./theme";
import { useTheme } from "./use-theme";

const GROUP =
  "[&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:text-ink-2 p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:font-medium";

/** ⌘K: go to a screen, create, find a token by name or id, change the theme. */
export function CommandMenu({
  open,
  onOpenChange,
  permissions,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  permissions: readonly Permission[];
}) {
  const router = useRouter();
  const [, setTheme] = useTheme();
  const [text, setText] = useState("");
  const close = (next: boolean) => {
    if (!next) setText("");
    onOpenChange(next);
  };
  const go = (href: string) => {
    close(false);
    router.push(href);
  };
  const query = text.trim();
  const pages = NAVIGATION.filter((item) => isPermitted(item, permissions));
  const creates = CREATE.filter((item) => isPermitted(item, permissions));
  return (
    <Radix.Root open={open} onOpenChange={close}>
      <Radix.Portal>
        <Radix.Overlay className="bg-scrim animate-fade-in fixed inset-0 z-40" />
        <Radix.Content
          aria-describedby={undefined}
          className="bg-overlay shadow-overlay animate-pop-in fixed inset-x-2 top-[10dvh] z-50 mx-auto max-w-[560px] overflow-hidden rounded-lg outline-none"
        >
          <Radix.Title className="sr-only">Find or go to</Radix.Title>
          <Command label="Commands" loop>
            <div className="border-hairline flex items-center gap-2.5 border-b px-4">
              <Search aria-hidden className="text-ink-3 size-4 shrink-0" />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder="Find a token, or go to…"
                className="text-form text-ink placeholder:text-ink-3 h-12 min-w-0 flex-1 bg-transparent outline-none max-sm:text-base"
              />
            </div>
            <Command.List className="max-h-[min(420px,60dvh)] overflow-y-auto">
              {query ? (
                <Command.Group heading="Find" forceMount className={GROUP}>
                  <Entry
                    value={`find-tokens ${query}`}
                    onSelect={() => go(`/tokens?state=all&q=${encodeURIComponent(query)}`)}
                  >
                    <KeyRound aria-hidden />
                    <span className="min-w-0 flex-1 truncate">Tokens that match “{query}”</span>
                  </Entry>
                  {permissions.includes("audit.read") ? (
                    <Entry value={`find-entries ${query}`} onSelect={() => go(`/audit?q=${encodeURIComponent(query)}`)}>
                      <Search aria-hidden />
                      <span className="min-w-0 flex-1 truncate">Audit entries that hold “{query}”</span>
                    </Entry>
                  ) : null}
                </Command.Group>
              ) : null}
              <Command.Group heading="Go to" className={GROUP}>
                {pages.map((item) => (
                  <Entry key={item.href} value={`go to ${item.label}`} onSelect={() => go(item.href)}>
                    <item.icon aria-hidden />
                    <span className="flex-1">{item.label}</span>
                    <span className="text-meta text-ink-3">g {item.key}</span>
                  </Entry>
                ))}
                <Entry value="go to account" onSelect={() => go("/account")}>
                  <ArrowRight aria-hidden />
                  Account
                </Entry>
              </Command.Group>
              {creates.length > 0 ? (
                <Command.Group heading="Create" className={GROUP}>
                  {creates.map((item) => (
                    <Entry key={item.href} value={item.label} onSelect={() => go(item.href)}>
                      <Plus aria-hidden />
                      {item.label}
                    </Entry>
                  ))}
                </Command.Group>
              ) : null}
              <Command.Group heading="Theme" className={GROUP}>
                {THEMES.map((theme) => (
                  <Entry
                    key={theme}
                    value={`theme ${theme}`}
                    onSelect={() => {
                      setTheme(theme);
                      close(false);
                    }}
                  >
                    <SunMoon aria-hidden />
                    <span className="capitalize">{theme}</span>
                  </Entry>
                ))}
              </Command.Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({ value, onSelect, children }: { value: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="text-body text-ink data-[selected=true]:bg-raised [&_svg]:text-ink-2 flex min-h-9 items-center gap-2.5 rounded-md px-2 select-none pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {children}
    </Command.Item>
  );
}
