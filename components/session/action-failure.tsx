import { Callout } from "@/components/ui/callout";
import type { ActionError } from "@/lib/http/action-result";

/**
 * Why an action failed, inside the form or dialog that ran it (with `toastErrors: false`). Faults of shown fields stand at
 * the fields; `forbidden` is what to say where the reader may not, in words that fit the act.
 */
export function ActionFailure({ error, forbidden }: { error: ActionError | null; forbidden?: string }) {
  if (!error || error.fields.length > 0 || error.code === "reauthentication_required") return null;
  const detail = error.code === "forbidden" && forbidden ? forbidden : error.detail;
  return (
    <Callout tone="deny" alert title={error.title}>
      {detail === error.title ? null : detail}
    </Callout>
  );
}
