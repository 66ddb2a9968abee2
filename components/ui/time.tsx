"use client";

import { useSyncExternalStore } from "react";
import { cn } from "./class-names";
import { formatLocal, formatRelative, formatUtc } from "./format-time";
import { Tooltip } from "./tooltip";

const TICK_MS = 30_000;
const floorToTick = () => Math.floor(Date.now() / TICK_MS) * TICK_MS;

let now = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for every time on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present in milliseconds, renewed every half minute; safe to render on the server. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => (now ||= Date.now()), floorToTick);
}

/**
 * A moment, told from now (`4 min ago`) or exactly; the exact local time and UTC on hover. `never` stands where there is
 * none. The server's word stays until the clock ticks: a difference of seconds between it and the browser is no error.
 */
export function Time({
  at,
  format = "relative",
  never = "never",
  className,
}: {
  at: string | null;
  format?: "relative" | "utc" | "local";
  never?: string;
  className?: string;
}) {
  const present = useNow();
  if (at === null) return <span className={cn("text-ink-3", className)}>{never}</span>;
  // The clock may be a tick behind: what has just happened must not read as what is about to.
  const ahead = Date.parse(at) - present;
  const seen = ahead > 0 && ahead < TICK_MS ? present + ahead : present;
  const text = format === "utc" ? formatUtc(at) : format === "local" ? formatLocal(at) : formatRelative(at, seen);
  return (
    <Tooltip
      content={
        <span className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 whitespace-nowrap">
          <span className="opacity-70">Local</span>
          <span>{formatLocal(at)}</span>
          <span className="opacity-70">UTC</span>
          <span>{formatUtc(at)}</span>
        </span>
      }
    >
      <time dateTime={at} suppressHydrationWarning className={cn("whitespace-nowrap", className)}>
        {text}
      </time>
    </Tooltip>
  );
}
