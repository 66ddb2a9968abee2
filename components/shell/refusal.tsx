import { Lock, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";

/** Instead of a screen that this reader may not see. Return it where a read verb answers `forbidden`. */
export function Forbidden({ what = "this page" }: { what?: string }) {
  return (
    <EmptyState
      titleAs="h1"
      className="py-24"
      icon={<Lock />}
      title={`You may not see ${what}`}
      description="Your console role does not include it. An owner or an admin can change your role. The attempt stands in the audit log."
      action={<ButtonLink href="/">Go to the overview</ButtonLink>}
    />
  );
}

/** Instead of a thing that is not there, or not theirs to see. */
export function NotFound({ title = "Nothing here", action }: { title?: string; action?: ReactNode }) {
  return (
    <EmptyState
      titleAs="h1"
      className="py-24"
      icon={<SearchX />}
      title={title}
      description="The address is wrong, the thing is gone, or it is not yours to see."
      action={action ?? <ButtonLink href="/">Go to the overview</ButtonLink>}
    />
  );
}
