"use client";

import { Bell, Bookmark, Pencil } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Menu, type MenuItem } from "@/components/ui/menu";
import type { SavedSearchDto } from "@/lib/saved-search/schema";
import { auditHref } from "./audit-url";
import { ManageSearches } from "./manage-searches";
import { SearchDialog } from "./search-dialog";

/** The saved searches beside the query: to open one, to keep the present one, and to change what one may change. */
export function SavedMenu({ searches, params }: { searches: readonly SavedSearchDto[]; params: string }) {
  const [opened, setOpened] = useState<"save" | "manage" | null>(null);
  const close = () => setOpened(null);
  const address = new URLSearchParams(params);
  const query = address.get("q") ?? "";
  const mine = searches.filter(({ changeable }) => changeable);
  const items: MenuItem[] = [
    ...searches.map(({ name, query: text, shared, owner, alert }): MenuItem => ({
      label: name,
      icon: alert ? <Bell aria-label="alerts" /> : <Bookmark aria-hidden />,
      hint: shared ? owner.name : undefined,
      href: auditHref(address, { q: text, at: null }),
    })),
    ...(searches.length > 0 ? [{ separator: true } as const] : []),
    { label: "Save this search…", disabled: query === "", onSelect: () => setOpened("save") },
    ...(mine.length > 0 ? [{ label: "Change or remove…", icon: <Pencil aria-hidden />, onSelect: () => setOpened("manage") }] : []),
  ]; // prettier-ignore
  return (
    <>
      <Menu
        align="start"
        trigger={
          <Button>
            <Bookmark aria-hidden />
            Saved
          </Button>
        }
        items={items}
      />
      {opened === "save" ? <SearchDialog search={null} query={query} onClose={close} /> : null}
      {opened === "manage" ? <ManageSearches searches={mine} onClose={close} /> : null}
    </>
  );
}
