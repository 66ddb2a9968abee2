"use client";

import { TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";

/** Instead of a screen that could not be made. The reference finds the failure in Gatehouse's own log. */
export function Failure({ reference, onRetry }: { reference: string | undefined; onRetry: () => void }) {
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div ref={heading} tabIndex={-1} role="alert" className="outline-none">
      <EmptyState
        className="py-24"
        icon={<TriangleAlert />}
        title="This page could not be loaded"
        description={
          <>
            Nothing was changed. Try again; if it stays, look for the reference in Gatehouse’s log.
            {reference ? (
              <span className="mt-2 flex items-center justify-center gap-1">
                <code className="mono text-ink">{reference}</code>
                <CopyButton iconOnly value={reference} label="Copy reference" />
              </span>
            ) : null}
          </>
        }
        action={
          <Button variant="primary" onClick={onRetry}>
            Try again
          </Button>
        }
      />
    </div>
  );
}
