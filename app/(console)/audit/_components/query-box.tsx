"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import type { FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Kbd } from "@/components/ui/kbd";
import { useUrlTransition } from "@/components/ui/url-transition";
import { withoutTokens } from "@/lib/audit/language/parse";
import { auditHref } from "./audit-url";

/** The query. It is a plain GET form. `/` focuses what has `data-search` (the frame's doing). */
export function QueryBox({ params: given }: { params: string }) {
  const router = useRouter();
  const { pending, start } = useUrlTransition();
  const params = new URLSearchParams(given);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = withoutTokens(String(new FormData(event.currentTarget).get("q") ?? "").trim());
    start(() => router.push(auditHref(params, { q: text || null })));
  };
  return (
    <form method="get" action="/audit" role="search" aria-label="Audit log" onSubmit={submit}>
      {params.has("range") ? <input type="hidden" name="range" value={params.get("range") ?? ""} /> : null}
      <div className="flex items-center gap-2">
        <div className="relative min-w-0 flex-1">
          <Search
            aria-hidden
            className="text-ink-3 pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2"
          />
          <Input
            data-search
            name="q"
            type="search"
            defaultValue={params.get("q") ?? ""}
            placeholder='Words, "a phrase", -without, outcome:deny'
            aria-label="Search in entries"
            className="pl-9"
          />
          <span className="absolute top-1/2 right-2 -translate-y-1/2 max-sm:hidden">
            <Kbd>/</Kbd>
          </span>
        </div>
        <Button type="submit" size="lg" busy={pending}>
          Search
        </Button>
      </div>
    </form>
  );
}
