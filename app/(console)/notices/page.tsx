import { BellOff } from "lucide-react";
import type { Metadata } from "next";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { Forbidden } from "@/components/shell/refusal";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/authz/require";
import { listNotices } from "@/lib/notice/list";
import { NoticeList } from "../_components/notices";

export const metadata: Metadata = { title: "Notices" };

const SHOWN = 100;

/** What the reader should hear of: what waits first, then what was seen. */
export default async function NoticesPage() {
  const ctx = await requirePersonCtx();
  const [waiting, seen] = await Promise.all([
    load(listNotices(ctx, { limit: SHOWN, seen: false })),
    load(listNotices(ctx, { limit: SHOWN, seen: true })),
  ]);
  if (!waiting || !seen) return <Forbidden what="notices" />;
  const none = waiting.items.length === 0 && seen.items.length === 0;
  return (
    <>
      <PageHeader
        title="Notices"
        description={
          may(ctx, "notice.read")
            ? "What was done to access and accounts, told to you and to all admins."
            : "What was done to your access and your account."
        }
      />
      {none ? (
        <Card flush>
          <EmptyState
            icon={<BellOff />}
            title="Nothing to tell"
            description="Where somebody uses an old refresh token of a connected agent, its access is ended, and it says so here; so does whoever takes off your second factor."
          />
        </Card>
      ) : (
        <div className="flex flex-col gap-6">
          <Card title="New" flush={waiting.items.length > 0}>
            {waiting.items.length === 0 ? (
              <p className="text-body text-ink-2">Everything was seen.</p>
            ) : (
              <NoticeList ctx={ctx} notices={waiting.items} />
            )}
          </Card>
          {seen.items.length > 0 ? (
            <Card title="Seen" description="Kept for 90 days; the log keeps what it was about." flush>
              <NoticeList ctx={ctx} notices={seen.items} />
            </Card>
          ) : null}
        </div>
      )}
    </>
  );
}
