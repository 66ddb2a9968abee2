"use client";

import { Fragment } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { NAVIGATION } from "./navigation";

const GROUPS: { title: string; keys: { keys: readonly string[]; does: string }[] }[] = [
  {
    title: "Anywhere",
    keys: [
      { keys: ["⌘", "K"], does: "Find, or go somewhere" },
      { keys: ["/"], does: "Search this list" },
      { keys: ["c"], does: "Create" },
      { keys: ["?"], does: "These keys" },
      { keys: ["Esc"], does: "Close" },
    ],
  },
  {
    title: "In the audit log",
    keys: [
      { keys: ["j"], does: "Next entry" },
      { keys: ["k"], does: "Entry before" },
      { keys: ["↵"], does: "Open it" },
      { keys: ["."], does: "Live, and pause" },
    ],
  },
  { title: "Go to", keys: NAVIGATION.map((item) => ({ keys: ["g", item.key], does: item.label })) },
];

/** Every key of the console. */
export function ShortcutHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" width={480}>
      <div className="grid gap-x-8 gap-y-6 sm:grid-cols-2">
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3 className="text-meta text-ink-2 mb-1 font-medium">{group.title}</h3>
            <dl>
              {group.keys.map((entry) => (
                <div key={entry.does} className="flex min-h-8 items-center justify-between gap-4">
                  <dt className="text-body text-ink">{entry.does}</dt>
                  <dd className="flex gap-1">
                    {entry.keys.map((key) => (
                      <Fragment key={key}>
                        <Kbd>{key}</Kbd>
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
