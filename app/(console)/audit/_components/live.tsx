"use client";

import { ArrowUp, Pause, Play, Radio } from "lucide-react";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { EntryList, EntryRow } from "@/components/audit/entry-list";
import { Button } from "@/components/ui/button";
import type { AuditEntryDto } from "@/lib/audit/schema";
import type { AuditTail } from "@/lib/audit/tail";
import { auditHref } from "./audit-url";

const EVERY_MS = 2000;
/** After a failure it is asked less often, ms. */
const AFTER_FAILURE_MS = 10_000;
/** Rows that wait, and that stand above the page's own: more are counted, and seen on a page of their own. */
const MOST = 300;

type Mode = "off" | "live" | "paused";
type Live = {
  mode: Mode;
  failed: boolean;
  waiting: readonly AuditEntryDto[];
  shown: readonly AuditEntryDto[];
  toggle: () => void;
  stop: () => void;
  show: () => void;
};

const LiveContext = createContext<Live | null>(null);

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("outside of LiveProvider");
  return live;
}

/** True where new rows would move what somebody looks at: under the pointer, in focus, open, or scrolled to. */
function isLookedAt(): boolean {
  const list = document.querySelector("[data-live-list]");
  if (!list || document.querySelector("[role='dialog']")) return true;
  return list.matches(":hover") || list.contains(document.activeElement) || list.getBoundingClientRect().top < 0;
}

/**
 * Live tail: asks for what is new while the page is seen, and holds it back while the list is looked at. `params` is the screen's
 * address, `next` the index of the first entry that the page has not seen.
 */
export function LiveProvider({ params, next, children }: { params: string; next: number; children: ReactNode }) {
  const [mode, setMode] = useState<Mode>("off");
  const [failed, setFailed] = useState(false);
  const [rows, setRows] = useState<{ waiting: AuditEntryDto[]; shown: AuditEntryDto[] }>({ waiting: [], shown: [] });
  const place = useRef(next);
  const paused = useRef(false);

  const show = useCallback(
    () => setRows(({ waiting, shown }) => ({ waiting: [], shown: [...waiting, ...shown].slice(0, MOST) })),
    [],
  );
  const toggle = useCallback(() => setMode((now) => (now === "live" ? "paused" : "live")), []);
  const stop = useCallback(() => setMode("off"), []);

  useEffect(() => {
    paused.current = mode === "paused";
  }, [mode]);

  const asking = mode !== "off";
  useEffect(() => {
    if (!asking) return;
    return poll({
      url: () => `/audit/live?${params}&next=${place.current}`,
      onAnswer: ({ items, next: from }) => {
        place.current = from;
        setFailed(false);
        if (items.length > 0)
          setRows(({ waiting, shown }) => ({ waiting: [...items, ...waiting].slice(0, MOST), shown }));
        if (!paused.current && !isLookedAt()) show();
      },
      onFailure: () => setFailed(true),
    });
  }, [asking, params, show]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "." || event.metaKey || event.ctrlKey || event.altKey) return;
      if ((event.target as HTMLElement | null)?.closest("input, textarea, select, [role='dialog']")) return;
      event.preventDefault();
      toggle();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [toggle]);

  const value = useMemo(() => {
    // The page may have been read again meanwhile, as when an entry opens: what it lists itself is not new.
    const isNew = ({ index }: AuditEntryDto) => index >= next;
    return { mode, failed, waiting: rows.waiting.filter(isNew), shown: rows.shown.filter(isNew), toggle, stop, show };
  }, [mode, failed, rows, next, toggle, stop, show]);
  return <LiveContext value={value}>{children}</LiveContext>;
}

type Polled = { url: () => string; onAnswer: (tail: AuditTail) => void; onFailure: () => void };

/** Asks again and again while the page is seen. Returns what ends it. */
function poll({ url, onAnswer, onFailure }: Polled): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request = new AbortController();
  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    request = new AbortController();
    const { signal } = request;
    let waitMs = EVERY_MS;
    try {
      const response = await fetch(url(), { signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      onAnswer((await response.json()) as AuditTail);
    } catch {
      if (signal.aborted) return;
      waitMs = AFTER_FAILURE_MS;
      onFailure();
    }
    timer = setTimeout(() => void ask(), waitMs);
  };
  const onVisibility = () => {
    request.abort();
    clearTimeout(timer);
    if (!document.hidden) void ask();
  };
  document.addEventListener("visibilitychange", onVisibility);
  void ask();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    clearTimeout(timer);
    request.abort();
  };
}

/** Starts, pauses and ends live tail. `.` starts and pauses it too. */
export function LiveButtons() {
  const { mode, failed, waiting, toggle, stop } = useLive();
  return (
    <span className="flex items-center gap-1.5">
      <Button aria-pressed={mode !== "off"} aria-keyshortcuts="." title="Key: ." onClick={toggle}>
        {mode === "off" ? <Radio aria-hidden /> : mode === "live" ? <Pause aria-hidden /> : <Play aria-hidden />}
        {mode === "off" ? "Live" : mode === "live" ? "Pause" : "Go on"}
      </Button>
      {mode === "off" ? null : (
        <Button variant="ghost" onClick={stop}>
          Stop
        </Button>
      )}
      <span role="status" className="text-meta text-ink-2">
        {mode === "off" ? "" : failed ? "No answer; trying again" : stateWords(mode, waiting.length)}
      </span>
    </span>
  );
}

const stateWords = (mode: Mode, waiting: number): string =>
  `${mode === "paused" ? "Paused" : "Live"}${waiting > 0 ? `, ${waiting === MOST ? `${MOST}+` : waiting} new` : ""}`;

/** What is new and waits, above the list without moving it. */
export function LiveNew() {
  const { waiting, show } = useLive();
  if (waiting.length === 0) return null;
  return (
    <div className="pointer-events-none sticky top-2 z-20 flex h-0 justify-center">
      <Button
        variant="primary"
        size="sm"
        className="pointer-events-auto -mt-3.5"
        onClick={() => {
          show();
          document.querySelector("[data-live-list]")?.scrollIntoView({ block: "nearest" });
        }}
      >
        <ArrowUp aria-hidden />
        {waiting.length === MOST ? `${MOST}+` : waiting.length} new
      </Button>
    </div>
  );
}

/** In place of an empty list: what says so, until something came. */
export function LiveEmpty({ params, selected, empty }: { params: string; selected: string | null; empty: ReactNode }) {
  const { shown } = useLive();
  if (shown.length === 0) return empty;
  const hrefOf = (entry: AuditEntryDto) => auditHref(new URLSearchParams(params), { entry: entry.id });
  return <EntryList framed={false} entries={shown} selected={selected} hrefOf={hrefOf} />;
}

/** The rows that came since the page was made. */
export function LiveRows({ params, selected }: { params: string; selected: string | null }) {
  const { shown } = useLive();
  return shown.map((entry) => (
    <EntryRow
      key={entry.id}
      entry={entry}
      href={auditHref(new URLSearchParams(params), { entry: entry.id })}
      selected={entry.id === selected}
    />
  ));
}
