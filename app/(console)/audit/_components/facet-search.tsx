"use client";

import { useEffect, useState, type ReactNode } from "react";
import { Input } from "@/components/ui/input";
import type { FacetValue } from "@/lib/audit/facets";
import type { QualifierName } from "@/lib/audit/language/qualifiers";
import { FacetRow } from "./facet-row";

const PAUSE_MS = 200;

type Found = { for: string; values: readonly FacetValue[] } | { for: string; failed: true };

/** A facet with more values than are shown: its own search finds the others. `children` are the commonest. */
export function FacetSearch({
  name,
  label,
  params,
  children,
}: {
  name: QualifierName;
  label: string;
  params: string;
  children: ReactNode;
}) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const find = text.trim();

  useEffect(() => {
    if (find === "") return;
    const request = new AbortController();
    const timer = setTimeout(() => {
      const asked = new URLSearchParams({ dimension: name, find });
      fetch(`/audit/facet-values?${params}&${asked}`, { signal: request.signal })
        .then(async (response) => {
          if (!response.ok) throw new Error(`status ${response.status}`);
          setFound({ for: find, ...((await response.json()) as { values: FacetValue[] }) });
        })
        .catch(() => {
          if (!request.signal.aborted) setFound({ for: find, failed: true });
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [find, name, params]);

  const current = found?.for === find ? found : null;
  return (
    <>
      <Input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={`Find in ${label.toLowerCase()}`}
        aria-label={`Find in ${label}`}
        className="mb-1 h-7"
      />
      <ul aria-busy={find !== "" && current === null}>
        {find === "" || current === null ? (
          children
        ) : "failed" in current ? (
          <li className="text-meta text-ink-2">That took too long. Narrow the time range.</li>
        ) : current.values.length === 0 ? (
          <li className="text-meta text-ink-2">None matches.</li>
        ) : (
          current.values.map((facet) => <FacetRow key={facet.value} name={name} facet={facet} params={params} />)
        )}
      </ul>
    </>
  );
}
