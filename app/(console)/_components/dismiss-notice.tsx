"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { dismissNoticeAction } from "../notices/actions";

/** Marks a notice as seen: it goes from where it waits, and stays in the list. */
export function DismissNotice({ notice }: { notice: { id: string; about: string } }) {
  const router = useRouter();
  const { run, pending } = useAction(dismissNoticeAction, {
    success: "Marked as seen",
    onSuccess: () => router.refresh(),
  });
  return (
    <Button
      size="sm"
      busy={pending}
      aria-label={`Mark the notice about ${notice.about} as seen`}
      onClick={() => void run({ noticeId: notice.id })}
    >
      Mark as seen
    </Button>
  );
}
