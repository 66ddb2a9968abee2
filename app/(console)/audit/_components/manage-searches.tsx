"use client";

import { Bell } from "lucide-react";
import { useState } from "react";
import { ConfirmAction } from "@/components/session/confirm-action";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { SavedSearchDto } from "@/lib/saved-search/schema";
import { removeSavedSearchAction } from "../saved-actions";
import { SearchDialog } from "./search-dialog";
import { alertWords } from "./search-words";

/** The saved searches that one may change, each with what it tells: a dialog that gives way to that of the search one chooses. */
export function ManageSearches({ searches, onClose }: { searches: readonly SavedSearchDto[]; onClose: () => void }) {
  const [chosen, setChosen] = useState<{ act: "change" | "remove"; search: SavedSearchDto } | null>(null);
  const back = () => setChosen(null);
  if (chosen?.act === "change")
    return <SearchDialog search={chosen.search} query={chosen.search.query} onClose={back} />;
  if (chosen?.act === "remove") return <RemoveSearch search={chosen.search} onClose={back} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Saved searches"
      description="Your own, and those that others share where you may change them."
      footer={<Button onClick={onClose}>Done</Button>}
    >
      {searches.length === 0 ? <p className="text-body text-ink-2">There are none any more.</p> : null}
      <ul aria-label="Saved searches" className="divide-hairline divide-y">
        {searches.map((search) => (
          <li key={search.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
            <span className="min-w-0 flex-1 basis-56">
              <span className="text-body text-ink block font-medium wrap-anywhere">{search.name}</span>
              <span className="mono text-meta text-ink-2 block wrap-anywhere">{search.query}</span>
              <span className="text-meta text-ink-2 flex items-start gap-1.5">
                {search.alert ? <Bell aria-hidden className="mt-0.5 size-3 shrink-0" /> : null}
                <span>{alertWords(search)}</span>
              </span>
              {search.alert?.fault ? <span className="text-meta text-deny block">{search.alert.fault}</span> : null}
            </span>
            <span className="flex gap-2">
              <Button
                size="sm"
                aria-label={`Change ${search.name}`}
                onClick={() => setChosen({ act: "change", search })}
              >
                Change
              </Button>
              <Button
                size="sm"
                variant="danger-quiet"
                aria-label={`Remove ${search.name}`}
                onClick={() => setChosen({ act: "remove", search })}
              >
                Remove
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

const RemoveSearch = ({ search, onClose }: { search: SavedSearchDto; onClose: () => void }) => (
  <ConfirmAction
    action={removeSavedSearchAction}
    input={{ savedSearchId: search.id }}
    success="Search removed"
    title={`Remove ${search.name}?`}
    consequence={`${search.shared ? "Nobody sees it any more. " : ""}${search.alert ? "Its alert ends with it; what it told stays. " : ""}The log stays as it is.`}
    confirmLabel="Remove search"
    onClose={onClose}
  />
);
