import type { ReactNode } from "react";
import { Logo } from "@/components/shell/logo";
import { Callout } from "@/components/ui/callout";

/**
 * Mark, heading and sentence; then, in a card, the failure of a form (announced at once) above its fields. `action` stands
 * alone, where there is a way on and nothing to fill in.
 */
export function FormFrame({
  title,
  description,
  error,
  action,
  children,
}: {
  title: string;
  description?: ReactNode;
  error?: { title: string; detail?: string } | null;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col">
      <Logo className="mx-auto size-11" />
      <h1 className="text-title text-ink mt-6 text-center font-semibold tracking-tight text-balance">{title}</h1>
      {description ? (
        <p className="text-form text-ink-2 mt-2 text-center text-pretty [overflow-wrap:anywhere]">{description}</p>
      ) : null}
      {action ? <div className="mt-8 flex justify-center">{action}</div> : null}
      {children || error ? (
        <div className="bg-surface border-hairline shadow-control mt-8 flex flex-col gap-4 rounded-lg border p-6">
          {error ? (
            <Callout tone="deny" alert title={error.title}>
              {error.detail && error.detail !== error.title ? error.detail : null}
            </Callout>
          ) : null}
          {children}
        </div>
      ) : null}
    </div>
  );
}
