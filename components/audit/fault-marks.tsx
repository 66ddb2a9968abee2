"use client";

import { useEffect, useRef, type RefObject } from "react";
import { cn } from "@/components/ui/class-names";
import type { QueryError } from "@/lib/audit/language/ast";

/** Underlines what is wrong, by a second, unseen text that lies exactly over that of the input. */
export function FaultMarks({
  text,
  errors,
  input,
  className,
}: {
  text: string;
  errors: readonly QueryError[];
  input: RefObject<HTMLInputElement | null>;
  /** The same padding as the input's. */
  className: string;
}) {
  const over = useRef<HTMLDivElement>(null);
  // A long query is scrolled within its box, and what lies over it with it.
  useEffect(() => {
    const box = input.current;
    const follow = () => {
      if (over.current && box) over.current.scrollLeft = box.scrollLeft;
    };
    follow();
    box?.addEventListener("scroll", follow);
    return () => box?.removeEventListener("scroll", follow);
  }, [input, text, errors]);
  if (errors.length === 0) return null;
  return (
    <div
      ref={over}
      aria-hidden
      className={cn(
        "control pointer-events-none absolute inset-0 overflow-hidden border-transparent bg-transparent font-mono leading-[2.125rem] whitespace-pre text-transparent shadow-none [font-variant-ligatures:none] pointer-coarse:leading-[2.625rem]",
        className,
      )}
    >
      {piecesOf(text, errors).map(({ from, before, wrong }) => (
        <span key={from}>
          {before}
          <span className="decoration-deny-solid underline decoration-wavy decoration-from-font underline-offset-3">
            {wrong}
          </span>
        </span>
      ))}
    </div>
  );
}

/** The text cut before and after each fault. A fault of no width, as at the end, is a space. */
function piecesOf(text: string, errors: readonly QueryError[]) {
  const starts = errors.map(({ from }, nth) => Math.max(from, ...errors.slice(0, nth).map(({ to }) => to)));
  return errors.map(({ to }, nth) => {
    const from = starts[nth] ?? 0;
    return {
      from,
      before: text.slice(nth === 0 ? 0 : Math.max(starts[nth - 1] ?? 0, errors[nth - 1]?.to ?? 0), from),
      wrong: text.slice(from, Math.max(from, to)) || "\u00a0",
    };
  });
}
