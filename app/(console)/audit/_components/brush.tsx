"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { cn } from "@/components/ui/class-names";
import { useUrlTransition } from "@/components/ui/url-transition";
import type { HistogramBucket } from "@/lib/audit/histogram";
import { withTimeRange } from "@/lib/audit/language/edit";
import { parse } from "@/lib/audit/language/parse";
import { queryHref } from "./audit-url";
import { countWords, OUTCOME_LOOK, shortTime, STACK } from "./outcome-look";

type Selection = { from: number; to: number };
const ordered = ({ from, to }: Selection) => ({ first: Math.min(from, to), last: Math.max(from, to) });
const heightOf = (count: number, most: number) => (count === 0 ? 0 : Math.max(3, (count / most) * 100));

/**
 * The bars. Drag over them to zoom into a time; by keyboard, the arrows move, with Shift they select, Enter zooms and Escape gives up.
 */
export function Brush({ buckets, params }: { buckets: readonly HistogramBucket[]; params: string }) {
  const router = useRouter();
  const { start } = useUrlTransition();
  const [selection, setSelection] = useState<Selection | null>(null);
  const [current, setCurrent] = useState(buckets.length - 1);
  const dragging = useRef(false);
  const bars = useRef<(HTMLButtonElement | null)[]>([]);
  const most = Math.max(1, ...buckets.map(({ total }) => total));

  const zoom = (chosen: Selection) => {
    const { first, last } = ordered(chosen);
    const [from, to] = [buckets[first]?.from, buckets[last]?.to];
    const address = new URLSearchParams(params);
    const parsed = parse(address.get("q") ?? "");
    if (!from || !to || !parsed.ok) return;
    start(() => router.push(queryHref(address, withTimeRange(parsed.query, seconds(from), seconds(to))), { scroll: false })); // prettier-ignore
  };
  const barAt = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const nth = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    return Math.min(buckets.length - 1, Math.max(0, nth));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -buckets.length, End: buckets.length }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.min(buckets.length - 1, Math.max(0, current + step));
      setSelection(event.shiftKey ? { from: selection?.from ?? current, to: next } : null);
      setCurrent(next);
      bars.current[next]?.focus();
    } else if (event.key === "Escape" && selection) {
      event.stopPropagation();
      setSelection(null);
    }
  };
  const shown = selection && ordered(selection);
  const words = shown ? `${shortTime(buckets[shown.first]?.from)} to ${shortTime(buckets[shown.last]?.to)} UTC selected. Enter zooms in.` : ""; // prettier-ignore
  return (
    <>
      <div
        role="group"
        aria-label="Entries over time. Arrows move, Shift selects, Enter zooms in"
        className="flex h-16 touch-pan-y items-stretch gap-px select-none"
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          dragging.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          setSelection({ from: barAt(event), to: barAt(event) });
        }}
        onPointerMove={(event) => {
          if (dragging.current) setSelection((now) => now && { ...now, to: barAt(event) });
        }}
        onPointerUp={(event) => {
          if (!dragging.current) return;
          dragging.current = false;
          if (selection) zoom({ ...selection, to: barAt(event) });
          setSelection(null);
        }}
        onPointerCancel={() => {
          dragging.current = false;
          setSelection(null);
        }}
      >
        {buckets.map((bucket, nth) => (
          <button
            key={bucket.from}
            ref={(bar) => {
              bars.current[nth] = bar;
            }}
            type="button"
            tabIndex={nth === current ? 0 : -1}
            title={`${shortTime(bucket.from)} UTC: ${countWords(bucket)}`}
            aria-label={`${shortTime(bucket.from)} UTC: ${countWords(bucket)}. Show only these`}
            onFocus={() => setCurrent(nth)}
            // A pointer's click is the end of a drag, and was seen to there.
            onClick={(event) => {
              if (event.detail === 0) zoom(selection ?? { from: nth, to: nth });
            }}
            className={cn(
              "border-hairline hover:bg-raised flex min-w-0 flex-1 cursor-crosshair flex-col justify-end rounded-t-sm",
              bucket.total === 0 && "border-b",
              shown && nth >= shown.first && nth <= shown.last && "bg-selected hover:bg-selected",
            )}
          >
            {STACK.map((outcome) => (
              <span
                key={outcome}
                style={{ height: `${heightOf(bucket.outcomes[outcome] ?? 0, most)}%` }}
                className={cn("block", OUTCOME_LOOK[outcome].fill)}
              />
            ))}
          </button>
        ))}
      </div>
      <p role="status" className="sr-only">
        {words}
      </p>
    </>
  );
}

/** Whole seconds, as a query writes them. */
const seconds = (iso: string) => `${iso.slice(0, 19)}Z`;
