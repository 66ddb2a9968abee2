import Link from "next/link";
import type { PersonCtx } from "@/app/_lib/ctx";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { StatusGlyph } from "@/components/ui/status-badge";
import { may } from "@/lib/authz/require";
import { listNotices } from "@/lib/notice/list";
import type { NoticeDto } from "@/lib/notice/schema";
import type { OverviewDto } from "@/lib/overview/schema";
import { DismissNotice } from "./dismiss-notice";
import { noticeWords } from "./notice-words";

const SHOWN = 5;

const all = (
  <ButtonLink size="sm" variant="ghost" href="/notices">
    All notices
  </ButtonLink>
);
const titled = (text: string) => (
  <span className="text-deny flex items-center gap-2">
    <StatusGlyph tone="deny" />
    {text}
  </span>
);

/** On the account: what waits for the reader alone. Nothing where nothing does. */
export async function OwnNotices({ ctx }: { ctx: PersonCtx }) {
  const { items } = await listNotices(ctx, { seen: false, to: "person", limit: SHOWN });
  if (items.length === 0) return null;
  return (
    <Card title={titled("What you should know")} flush actions={all}>
      <NoticeList ctx={ctx} notices={items} />
    </Card>
  );
}

/** On the overview: what waits for the admins. Nothing where nothing does. */
export function NoticesToSee({ ctx, notices: { items, more } }: { ctx: PersonCtx; notices: OverviewDto["notices"] }) {
  if (items.length === 0) return null;
  return (
    <Card
      title={titled(
        items.some(({ alert, fault }) => alert ?? fault) ? "What you should know" : "Access that was ended",
      )}
      description={more ? `The newest ${items.length}` : undefined}
      flush
      actions={all}
    >
      <NoticeList ctx={ctx} notices={items} />
    </Card>
  );
}

/** Notices, one below the other. */
export function NoticeList({ ctx, notices }: { ctx: PersonCtx; notices: readonly NoticeDto[] }) {
  return (
    <ul className="divide-hairline divide-y">
      {notices.map((notice) => (
        <NoticeLine key={notice.id} ctx={ctx} notice={notice} />
      ))}
    </ul>
  );
}

const aboutOf = ({ agent, alert, fault }: NoticeDto): string =>
  fault
    ? "the audit log"
    : (agent?.name ?? (alert ? (alert.search?.name ?? "a removed search") : "your second factor"));

const linkLook = "text-accent inline-flex min-h-6 items-center rounded-sm font-medium hover:underline";

function NoticeLine({ ctx, notice }: { ctx: PersonCtx; notice: NoticeDto }) {
  const { agent, alert, fault, person, grantId, seenAt } = notice;
  const { what, remedy, seen } = noticeWords(notice, { mayOpen: may(ctx, "agent.read") });
  const mayDismiss = may(ctx, notice.to === "admins" ? "notice.dismiss" : "notice.dismiss.own");
  const access = agent && new URLSearchParams({ status: "revoked", agentId: agent.id, personId: person?.id ?? "" });
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="text-body text-ink wrap-anywhere">{what}</p>
        <p className="text-body text-ink-2 mt-1 text-pretty">{remedy}</p>
        <p className="text-meta text-ink-2 mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1">
          {access ? (
            <Link href={`/agents/connected?${access}`} className={linkLook}>
              What it was allowed
            </Link>
          ) : null}
          {may(ctx, "audit.read") ? (
            <Link
              href={
                alert
                  ? `/audit?range=all&entry=${alert.entryId}`
                  : `/audit?range=all&${fault ? "action=audit.fault" : `target=${grantId ?? person?.id}`}`
              }
              className={linkLook}
            >
              In the log
            </Link>
          ) : null}
          {seen ? <span>{seen}</span> : null}
        </p>
      </div>
      {seenAt === null && mayDismiss ? <DismissNotice notice={{ id: notice.id, about: aboutOf(notice) }} /> : null}
    </li>
  );
}
