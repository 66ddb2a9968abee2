import type { ReactNode } from "react";
import { Callout } from "@/components/ui/callout";

/** Heading, sentence, and the failure of a form (announced at once), above its fields. */
export function FormFrame({
  title,
  description,
  error,
  children,
}: {
  title: string;
  description?: ReactNode;
  error?: { title: string; detail?: string } | null;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h1 className="text-title text-ink font-semibold">{title}</h1>
        {description ? <p className="text-form text-ink-2 mt-1">{description}</p> : null}
      </div>
      {error ? (
        <Callout tone="deny" alert title={error.title}>
          {error.detail && error.detail !== error.title ? error.detail : null}
        </Callout>
      ) : null}
      {children}
    </div>
  );
}
