"use client";

import { useState } from "react";
import type { QueryError } from "@/lib/audit/language/ast";
import { faultsIn, withoutTokens, type Refused } from "@/lib/audit/language/parse";

/** The text, and where the caret stands in it, or what is selected up to there; `edited` until it is sent. */
export type QueryDraft = { text: string; caret: number; from?: number; edited: boolean };

/** A text that nobody is writing at. */
export const asWritten = (text: string): QueryDraft => ({ text, caret: text.length, edited: false });

const faultyAt = (text: string, { from, to }: QueryError): QueryDraft => ({ text, from, caret: to, edited: false });

/** A query under way in a form. @param refused what the form does not take, beside what is no query at all */
export function useQueryDraft(initial: string, refused?: Refused) {
  const [draft, setDraft] = useState(() => asWritten(initial));
  const errors = faultsIn(draft.text, refused);
  return {
    draft,
    setDraft,
    errors,
    /** The first fault, once the text was sent. */
    told: draft.edited ? undefined : errors[0]?.message,
    /** The text as it is sent, without whole tokens; null where it has a fault, which is then selected and told. */
    send: (): string | null => {
      const text = withoutTokens(draft.text.trim());
      const [fault] = faultsIn(text, refused);
      setDraft(fault ? faultyAt(text, fault) : asWritten(text));
      return fault ? null : text;
    },
  };
}

/** What `useQueryDraft` gives. */
export type QueryForm = ReturnType<typeof useQueryDraft>;
