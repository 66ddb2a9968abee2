"use client";

import { useEffect, useState } from "react";
import { completionAt, type Completion } from "@/lib/audit/language/complete";
import { isLookedUp, optionsOf, type LookedUp, type Option } from "@/lib/audit/language/options";
import { REASONS } from "@/lib/validate/reasons";
import type { Action } from "@/lib/http/action-result";

const AFTER_MS = 150;
const MORE = { reason: REASONS.filter((reason) => reason !== "ok") };

/** Asks for names that begin like what was typed: a screen's own action (`suggestAudit`). */
export type Suggest = Action<{ name: LookedUp; typed: string }, Option[]>;

/** What may be chosen at the caret: what is known at once, and a moment later the names that the database holds. */
export function useSuggestions(suggest: Suggest, text: string, caret: number, wanted: boolean) {
  const [found, setFound] = useState<{ key: string; options: Option[] }>({ key: "", options: [] });
  const completion: Completion | null = wanted ? completionAt(text, caret) : null;
  const name = completion?.kind === "value" && isLookedUp(completion.name) ? completion.name : null;
  const typed = completion?.typed ?? "";
  const key = name === null ? "" : `${name}:${typed}`;
  useEffect(() => {
    if (name === null) return;
    let current = true;
    const timer = setTimeout(() => {
      void suggest({ name, typed: typed.slice(0, 200) }).then((result) => {
        if (current) setFound({ key: `${name}:${typed}`, options: result.ok ? result.data : [] });
      });
    }, AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [suggest, name, typed]);
  const known = completion === null ? [] : optionsOf(completion, MORE);
  // Until the answer comes, that to what was typed just before is still there: a list must not flicker.
  const looked = name !== null && found.key.startsWith(`${name}:`) ? found.options : [];
  const options = [...looked, ...known].filter(
    ({ text: choice }, nth, all) => all.findIndex((other) => other.text === choice) === nth,
  );
  return { completion, options, pending: key !== "" && found.key !== key };
}
