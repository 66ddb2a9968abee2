"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useState, type FormEvent } from "react";
import { asWritten, useQueryDraft } from "@/components/audit/query-draft";
import { QueryInput } from "@/components/audit/query-input";
import { SyntaxHelp } from "@/components/audit/syntax-help";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { useUrlTransition } from "@/components/ui/url-transition";
import { suggestAuditAction } from "../actions";
import { auditHref } from "./audit-url";

/** The query of the screen. Without script it is a plain GET form. `/` focuses what has `data-search` (the frame's doing). */
export function QueryBox({ params: given }: { params: string }) {
  const router = useRouter();
  const { pending, start } = useUrlTransition();
  const id = useId();
  const params = new URLSearchParams(given);
  const { draft, setDraft, errors, told, send } = useQueryDraft(params.get("q") ?? "");
  const [seen, setSeen] = useState(given);

  // The text follows the address when a facet, a chip or the back button changes it.
  if (seen !== given) {
    setSeen(given);
    setDraft(asWritten(params.get("q") ?? ""));
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = send();
    if (text !== null) start(() => router.push(auditHref(params, { q: text || null })));
  };

  return (
    <form method="get" action="/audit" role="search" aria-label="Audit log" onSubmit={submit}>
      {params.has("range") ? <input type="hidden" name="range" value={params.get("range") ?? ""} /> : null}
      <div className="flex items-center gap-2">
        <QueryInput
          draft={draft}
          onDraft={setDraft}
          errors={errors}
          suggest={suggestAuditAction}
          data-search
          name="q"
          enterKeyHint="search"
          aria-label="Search in entries"
          aria-invalid={told ? true : undefined}
          aria-describedby={told ? `${id}-fault` : undefined}
          placeholder="outcome:deny actor:ana -agent:backfill"
          className="pr-18 pl-9 max-sm:pr-10"
        >
          <Search
            aria-hidden
            className="text-ink-3 pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2"
          />
          <span className="absolute top-1/2 right-2 flex -translate-y-1/2 items-center gap-1">
            <SyntaxHelp />
            <span className="max-sm:hidden">
              <Kbd>/</Kbd>
            </span>
          </span>
        </QueryInput>
        <Button type="submit" size="lg" busy={pending}>
          Search
        </Button>
      </div>
      {told ? (
        <p id={`${id}-fault`} role="alert" className="text-body text-deny mt-1.5">
          {told}
        </p>
      ) : null}
    </form>
  );
}
