import type { ReactNode } from "react";
import { EntityLink } from "@/components/entity/entity-link";
import { Time } from "@/components/ui/time";
import { faultRemedy, faultWords } from "@/components/audit/fault-words";
import type { NoticeKind } from "@/lib/notice/catalogue";
import type { NoticeDto } from "@/lib/notice/schema";

type Told = { what: ReactNode; remedy: ReactNode };
type Named = (kind: "agent" | "person" | "server", thing: { id: string; name: string }) => ReactNode;

/** How each kind is told: what happened, and what to do about it; to the person themself, or to the admins. */
const TOLD: Record<NoticeKind, (notice: NoticeDto, named: Named) => Told> = {
  refresh_token_reuse: ({ to, agent, person, server, ip, createdAt }, named) => {
    const own = to === "person";
    return {
      what: (
        <>
          Somebody used an old refresh token of {agent ? named("agent", agent) : "an agent"}
          {own ? null : <>, which acted for {person ? named("person", person) : "somebody"}</>}
          {server ? <> on {named("server", server)}</> : null}, <Time at={createdAt} />
          <From ip={ip} />. Its access was ended.
        </>
      ),
      remedy: own
        ? `If that address is none of yours, the token was stolen: tell an admin. To go on working, connect ${agent?.name ?? "the agent"} again.`
        : `The token was copied, or the agent kept an old one. ${person?.name ?? "Its person"} is told too, and may connect it again.`,
    };
  },
  audit_alert: ({ to, alert, createdAt }) => ({
    what: (
      <>
        {alert?.search ? <>“{alert.search.name}”: </> : "A search that was removed since: "}
        {alert?.matches === 1 ? "an entry" : `${(alert?.matches ?? 0).toLocaleString("en-US")} entries`} of the audit
        log matched, <Time at={createdAt} />.
      </>
    ),
    remedy:
      to === "person"
        ? "You asked to be told, with a search that you saved."
        : "Somebody shares a search that tells of it.",
  }),
  audit_fault: ({ fault, createdAt }) => ({
    what: (
      <>
        {fault ? faultWords(fault) : "Something is wrong with the audit log."} Found <Time at={createdAt} />.
        {fault?.mendedAt ? (
          <>
            {" "}
            It was mended, <Time at={fault.mendedAt} />.
          </>
        ) : null}
      </>
    ),
    remedy: fault ? faultRemedy(fault) : null,
  }),
  second_factor_reset: ({ ip, createdAt }) => ({
    what: (
      <>
        Your second factor was taken off by somebody else, <Time at={createdAt} />
        <From ip={ip} />. Your sessions were ended.
      </>
    ),
    remedy:
      "If you did not ask for that, tell an owner at once, and change your password. Set up a new one under Account.",
  }),
};

/** Where it was done from, as far as Gatehouse saw. */
function From({ ip }: { ip: string | null }) {
  if (ip === null) return null;
  return (
    <>
      , from <span className="mono">{ip}</span>
    </>
  );
}

/** A notice in words; `seen` says by whom and when, where somebody has. */
export function noticeWords(notice: NoticeDto, { mayOpen }: { mayOpen: boolean }): Told & { seen: ReactNode } {
  const named: Named = (kind, { id, name }) =>
    mayOpen ? (
      <EntityLink kind={kind} id={id} name={name} icon={false} className="align-baseline font-medium" />
    ) : (
      <span className="font-medium">{name}</span>
    );
  const { seenAt, seenBy, to } = notice;
  return {
    ...TOLD[notice.kind](notice, named),
    seen: seenAt ? (
      <>
        Seen {to === "admins" && seenBy ? `by ${seenBy.name ?? seenBy.id} ` : null}
        <Time at={seenAt} />
      </>
    ) : null,
  };
}
