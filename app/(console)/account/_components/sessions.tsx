"use client";

import { Monitor } from "lucide-react";
import { useRouter } from "next/navigation";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import { counted } from "@/lib/counted";
import type { SessionDto } from "@/lib/session/schema";
import { endOtherSessionsAction, endSessionAction } from "../actions";
import { deviceWords } from "./device";

const METHOD: Record<SessionDto["method"], string> = {
  password: "password",
  sso: "single sign-on",
  invitation: "an invitation",
  first_run: "the first-run link",
};

/** One's open sessions: where, by what, last seen; each but this one can be ended. */
export function Sessions({ sessions }: { sessions: readonly SessionDto[] }) {
  const router = useRouter();
  const others = sessions.filter((session) => !session.current).length;
  const end = useAction(endSessionAction, { success: "Session ended", onSuccess: () => router.refresh() });
  const endOthers = useAction(endOtherSessionsAction, {
    success: ({ ended }) => `Ended ${counted(ended, "session")}`,
    onSuccess: () => router.refresh(),
  });
  return (
    <Card
      title="Sessions"
      description="Where you are signed in."
      flush
      actions={
        others > 0 ? (
          <ConfirmDialog
            trigger={<Button size="sm">Sign out everywhere else</Button>}
            title="Sign out everywhere else?"
            consequence={`${others === 1 ? "One other session ends" : `${others} other sessions end`} at once. This one stays.`}
            confirmLabel="Sign out elsewhere"
            onConfirm={async () => (await endOthers.run()).ok}
          />
        ) : undefined
      }
    >
      <ul className="divide-hairline divide-y">
        {sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
            <Monitor aria-hidden className="text-ink-3 size-4 shrink-0" />
            <span className="min-w-0 flex-1 basis-48" title={session.userAgent ?? undefined}>
              <span className="text-body text-ink flex flex-wrap items-center gap-2 font-medium">
                {deviceWords(session.userAgent)}
                {session.current ? <StatusBadge tone="allow">This session</StatusBadge> : null}
              </span>
              <span className="text-meta text-ink-2 block">
                {session.ip ? <code className="mono">{session.ip}</code> : "unknown address"} · by{" "}
                {METHOD[session.method]}
                {session.multiFactor ? " and a second factor" : ""} · last seen <Time at={session.lastSeenAt} /> · began{" "}
                <Time at={session.createdAt} />
              </span>
            </span>
            {session.current ? null : (
              <Button
                size="sm"
                aria-label={`End the session of ${deviceWords(session.userAgent)}`}
                disabledReason={end.pending ? "One moment" : null}
                onClick={() => void end.run({ sessionId: session.id })}
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
