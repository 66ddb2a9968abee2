"use client";

import { ChevronDown, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import type { FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Kbd } from "@/components/ui/kbd";
import { useUrlTransition } from "@/components/ui/url-transition";
import { auditHref } from "./audit-url";

const MORE = [
  { name: "actor", label: "Actor", placeholder: "name, e-mail, id, system" },
  { name: "agent", label: "Agent", placeholder: "name or id" },
  { name: "server", label: "Server", placeholder: "name, slug or id" },
  { name: "token", label: "Token", placeholder: "name, id or last four" },
  { name: "person", label: "Person", placeholder: "name, e-mail or id" },
  { name: "tool", label: "Tool", placeholder: "exact name" },
  { name: "ip", label: "Address", placeholder: "10.0.0.0/8" },
  { name: "requestId", label: "Request", placeholder: "req_…" },
] as const;

/** The typed filters. It is a plain GET form; with script it leaves empty fields out of the URL. `/` focuses what has `data-search` (the frame's doing). */
export function FilterForm({ query, hasMore }: { query: string; hasMore: boolean }) {
  const router = useRouter();
  const { pending, start } = useUrlTransition();
  const params = new URLSearchParams(query);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const changes: Record<string, string | null> = {};
    for (const [name, value] of new FormData(event.currentTarget)) {
      if (typeof value === "string" && !KEPT.includes(name)) changes[name] = value.trim() === "" ? null : value.trim();
    }
    if (changes.from || changes.to) changes.range = null;
    start(() => router.push(auditHref(params, changes)));
  };

  return (
    // The key makes the fields follow the URL when a chip, a facet or the back button changes it.
    <form key={query} method="get" action="/audit" role="search" aria-label="Audit log" onSubmit={submit}>
      {KEPT.flatMap((name) =>
        params.getAll(name).map((value) => <input key={name + value} type="hidden" name={name} value={value} />),
      )}
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
            placeholder='Words, "a phrase", -without'
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
      <details className="group mt-2" open={hasMore}>
        <summary className="text-body text-ink-2 hover:text-ink inline-flex min-h-7 cursor-pointer list-none items-center gap-1 rounded-sm pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden">
          <ChevronDown aria-hidden className="size-4 -rotate-90 transition-transform group-open:rotate-0" />
          More filters and exact times
        </summary>
        <div className="mt-2 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
          {MORE.map(({ name, label, placeholder }) => (
            <label key={name} className="text-meta text-ink-2 flex min-w-0 flex-col gap-1">
              {label}
              <Input name={name} defaultValue={params.get(name) ?? ""} placeholder={placeholder} autoComplete="off" />
            </label>
          ))}
          {(["from", "to"] as const).map((name) => (
            <label key={name} className="text-meta text-ink-2 flex min-w-0 flex-col gap-1">
              {name === "from" ? "From (UTC)" : "To (UTC), excluded"}
              <Input name={name} type="datetime-local" step={1} defaultValue={(params.get(name) ?? "").slice(0, 19)} />
            </label>
          ))}
          <div className="flex items-end">
            <Button type="submit">Apply</Button>
          </div>
        </div>
      </details>
    </form>
  );
}

/** Set by links, and sent along by the form. */
const KEPT = ["range", "action", "outcome", "reason", "target"];
