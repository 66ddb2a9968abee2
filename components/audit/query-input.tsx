"use client";

import {
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type ComponentProps,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { cn } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field";
import type { QueryError } from "@/lib/audit/language/ast";
import { completed } from "@/lib/audit/language/complete";
import { FaultMarks } from "./fault-marks";
import type { QueryDraft } from "./query-draft";
import { QueryOptions } from "./query-options";
import { useSuggestions, type Suggest } from "./use-suggestions";

/** False of what must not be chosen there: a qualifier (null), or a value of one. */
export type Offers = (qualifier: string | null, text: string) => boolean;

type Props = Pick<
  ComponentProps<"input">,
  "name" | "placeholder" | "enterKeyHint" | "aria-label" | "aria-describedby" | "aria-invalid"
> & {
  draft: QueryDraft;
  onDraft: (draft: QueryDraft) => void;
  errors: readonly QueryError[];
  suggest: Suggest;
  offers?: Offers | undefined;
  /** True in a dialog: a short list, which is scrolled to where the dialog shows it. */
  inDialog?: boolean;
  /** Padding, where something stands in the box. */
  className?: string;
  /** What stands in the box. */
  children?: ReactNode;
} & Record<`data-${string}`, string | boolean | undefined>;

/**
 * A line of the query language, as a combobox (WAI-ARIA APG): arrows walk through what fits at the caret, Enter takes the one
 * that is marked and else sends the form, Escape closes. What is wrong is underlined, but not while it is being typed.
 */
export function QueryInput({
  draft,
  onDraft,
  errors,
  suggest,
  offers,
  inDialog = false,
  className,
  children,
  ...rest
}: Props) {
  const id = useId();
  const field = useFieldControl(rest);
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const { completion, options: all } = useSuggestions(suggest, draft.text, draft.caret, open);
  const qualifier = completion?.kind === "value" ? completion.name : null;
  const options = offers ? all.filter(({ text }) => offers(qualifier, text)) : all;
  const shown = open && options.length > 0;
  const marked = draft.edited ? errors.filter(({ from, to }) => draft.caret < from || draft.caret > to) : errors;

  useLayoutEffect(() => {
    const { caret, from = caret } = draft;
    // A fault that was sent is pointed at, wherever the reader is.
    if (draft.from !== undefined && input.current !== document.activeElement) {
      input.current?.focus({ preventScroll: true });
      // No further than needed: a dialog's own frame must not move. What is wrong stands last of what describes the box.
      const told = document.getElementById(input.current?.getAttribute("aria-describedby")?.split(" ").at(-1) ?? "");
      (told ?? input.current)?.scrollIntoView({ block: "nearest" });
    }
    if (input.current === document.activeElement) input.current?.setSelectionRange(from, caret);
  }, [draft]);

  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const edit = (text: string, caret: number, opened: boolean) => {
    onDraft({ text, caret, edited: true });
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
      close();
    } else if ((event.key === "Enter" || event.key === "Tab") && shown && active >= 0) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Enter") close(); // the form is sent
  };

  return (
    <div className="relative min-w-0 flex-1">
      <input
        {...rest}
        {...field}
        ref={input}
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-options`}
        aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        value={draft.text}
        onChange={({ target }) => edit(target.value, target.selectionStart ?? target.value.length, true)}
        onSelect={({ currentTarget: { selectionStart, selectionEnd } }) => {
          if (selectionStart === selectionEnd && selectionStart !== null && selectionStart !== draft.caret)
            onDraft({ text: draft.text, caret: selectionStart, edited: draft.edited });
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
        className={cn("control font-mono [font-variant-ligatures:none]", className)}
      />
      <FaultMarks text={draft.text} errors={marked} input={input} className={className ?? ""} />
      {children}
      <QueryOptions id={id} options={shown ? options : []} active={active} onTake={take} inDialog={inDialog} />
    </div>
  );
}
