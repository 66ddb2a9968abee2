"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useLayoutEffect, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Kbd } from "@/components/ui/kbd";
import { useUrlTransition } from "@/components/ui/url-transition";
import { completed } from "@/lib/audit/language/complete";
import { parse, withoutTokens } from "@/lib/audit/language/parse";
import { auditHref } from "./audit-url";
import { FaultMarks } from "./fault-marks";
import { QueryOptions } from "./query-options";
import { SyntaxHelp } from "./syntax-help";
import { useSuggestions } from "./use-suggestions";

/** The text, and where the caret stands in it, or what is selected up to there; `edited` until it is searched for. */
type Draft = { text: string; caret: number; from?: number; edited: boolean };
const asWritten = (text: string): Draft => ({ text, caret: text.length, edited: false });

/**
 * The query, as a combobox (WAI-ARIA APG): arrows walk through what fits at the caret, Enter takes the one that is marked and
 * else searches, Escape closes. Without script it is a plain GET form. `/` focuses what has `data-search` (the frame's doing).
 */
export function QueryBox({ params: given }: { params: string }) {
  const router = useRouter();
  const { pending, start } = useUrlTransition();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const params = new URLSearchParams(given);
  const [draft, setDraft] = useState(() => asWritten(params.get("q") ?? ""));
  const [seen, setSeen] = useState(given);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const { completion, options } = useSuggestions(draft.text, draft.caret, open);
  const shown = open && options.length > 0;
  const parsed = parse(draft.text);
  const errors = parsed.ok ? [] : parsed.errors;
  // What is being typed is not wrong yet.
  const marked = draft.edited ? errors.filter(({ from, to }) => draft.caret < from || draft.caret > to) : errors;
  const told = draft.edited ? undefined : errors[0];

  // The text follows the address when a facet, a chip or the back button changes it.
  if (seen !== given) {
    setSeen(given);
    setDraft(asWritten(params.get("q") ?? ""));
  }
  useLayoutEffect(() => {
    const { caret, from = caret } = draft;
    if (input.current === document.activeElement) input.current?.setSelectionRange(from, caret);
  }, [draft]);

  const edit = (text: string, caret: number, opened: boolean) => {
    setDraft({ text, caret, edited: true });
    setActive(-1);
    setOpen(opened);
  };
  const take = (nth: number) => {
    const option = options[nth];
    if (!option || !completion) return;
    const next = completed(draft.text, completion, option.text);
    edit(next.text, next.caret, completion.kind === "qualifier");
    input.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setOpen(false);
    // A token that was pasted whole stands in no address.
    const text = withoutTokens(draft.text.trim());
    const result = parse(text);
    const fault = result.ok ? undefined : result.errors[0];
    setDraft(fault ? { text, from: fault.from, caret: fault.to, edited: false } : asWritten(text));
    if (result.ok) start(() => router.push(auditHref(params, { q: text || null })));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setOpen(true);
      // From none, down is the first and up the last.
      if (shown && !event.altKey)
        setActive(active < 0 && step < 0 ? options.length - 1 : (active + step + options.length) % options.length);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      setOpen(false);
      setActive(-1);
    } else if ((event.key === "Enter" || event.key === "Tab") && shown && active >= 0) {
      event.preventDefault();
      take(active);
    }
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
          <input
            ref={input}
            data-search
            name="q"
            type="text"
            role="combobox"
            aria-label="Search in entries"
            aria-autocomplete="list"
            aria-expanded={shown}
            aria-controls={`${id}-options`}
            aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
            aria-invalid={told ? true : undefined}
            aria-describedby={told ? `${id}-fault` : undefined}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="search"
            placeholder="outcome:deny actor:ana -agent:backfill"
            value={draft.text}
            onChange={({ target }) => edit(target.value, target.selectionStart ?? target.value.length, true)}
            onSelect={({ currentTarget: { selectionStart, selectionEnd } }) => {
              if (selectionStart === selectionEnd && selectionStart !== null && selectionStart !== draft.caret)
                setDraft({ text: draft.text, caret: selectionStart, edited: draft.edited });
            }}
            onKeyDown={onKeyDown}
            onBlur={() => setOpen(false)}
            className={cn("control pr-18 pl-9 font-mono [font-variant-ligatures:none]", "max-sm:pr-10")}
          />
          <FaultMarks text={draft.text} errors={marked} input={input} />
          <span className="absolute top-1/2 right-2 flex -translate-y-1/2 items-center gap-1">
            <SyntaxHelp />
            <span className="max-sm:hidden">
              <Kbd>/</Kbd>
            </span>
          </span>
          <QueryOptions id={id} options={shown ? options : []} active={active} onTake={take} />
        </div>
        <Button type="submit" size="lg" busy={pending}>
          Search
        </Button>
      </div>
      {told ? (
        <p id={`${id}-fault`} role="alert" className="text-body text-deny mt-1.5">
          {told.message}
        </p>
      ) : null}
    </form>
  );
}
