import Link from "next/link";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { DescriptionList } from "@/components/ui/description-list";
import { DiffView, type FieldDiff } from "@/components/ui/diff-view";
import { JsonView } from "@/components/ui/json-view";
import { StatusBadge } from "@/components/ui/status-badge";
import { AUDIT_ACTIONS } from "@/lib/audit/catalogue";
import { ERASED, opened } from "@/lib/audit/personal/ref";
import type { AuditEntryDto } from "@/lib/audit/schema";
import { ExplainedBadges } from "./entry-badges";
import { actorWords, outcomeTone } from "./entry-words";
import { spreadFacts } from "./spread-facts";
import { ValueMenu } from "./value-menu";

/** What a value can be pivoted by: a filter of the audit screen. */
export type PivotParam =
  "actor" | "person" | "agent" | "server" | "token" | "tool" | "target" | "action" | "outcome" | "reason" | "request" | "ip" | "session" | "trace"; // prettier-ignore
/** Where a value leads: to only what has it, of all time, and to the present search without it. */
type PivotHref = (param: PivotParam, value: string) => { only: string; exclude: string };

type Named = { id: string; name: string | null };

function thing(term: string, param: PivotParam, value: Named | null, pivot: PivotHref, page?: string) {
  if (!value) return [];
  const words = value.name ?? value.id;
  const { only, exclude } = pivot(param, value.id);
  const own = page ? `${page}/${value.id}` : undefined;
  return [
    {
      term,
      detail: (
        <span className="flex min-w-0 items-start gap-x-1">
          <span className="min-w-0">
            {own ? (
              <Link href={own} className="text-accent hover:underline">
                {words}
              </Link>
            ) : (
              words
            )}
            {value.name ? <span className="mono text-ink-3 block @md:ml-2 @md:inline">{value.id}</span> : null}
          </span>
          <ValueMenu words={words} value={value.id} onlyHref={only} excludeHref={exclude} page={own} />
        </span>
      ),
    },
  ];
}

function plain(term: string, param: PivotParam, value: string | null, pivot: PivotHref) {
  if (!value) return [];
  const { only, exclude } = pivot(param, value);
  return [
    {
      term,
      detail: (
        <span className="flex min-w-0 items-start gap-x-1">
          <span className="mono min-w-0">{value}</span>
          <ValueMenu words={value} value={value} onlyHref={only} excludeHref={exclude} />
        </span>
      ),
    },
  ];
}

const PAGES: Record<string, string> = {
  person: "/people",
  agent: "/agents",
  server: "/servers",
  token: "/tokens",
  role: "/roles",
};
const ACTOR_PAGES: Record<string, string> = {
  person: "/people",
  agent: "/agents",
  token: "/tokens",
  server: "/servers",
};
/** The credentials that have no page of their own, by what they are called; all others are static tokens. */
const PAGELESS: Record<string, string> = {
  server_key: "Server key",
  client_secret: "Client secret",
  oauth: "Access token",
};

function credential({ credential: shown }: AuditEntryDto, pivot: PivotHref) {
  const term = PAGELESS[shown?.kind ?? ""];
  return thing(term ?? "Token", "token", shown, pivot, term ? undefined : "/tokens");
}

function factsOf(entry: AuditEntryDto, pivot: PivotHref) {
  const { body } = entry;
  const missing = Array.isArray(body.missingScopes) ? (body.missingScopes as string[]) : [];
  return [
    { term: "Time", detail: <span className="mono">{entry.occurredAt}</span> },
    ...plain("Action", "action", entry.action, pivot),
    ...plain("Outcome", "outcome", entry.outcome, pivot),
    ...(entry.actor.id
      ? thing("Actor", "actor", { id: entry.actor.id, name: entry.actor.name }, pivot, ACTOR_PAGES[entry.actor.kind])
      : [{ term: "Actor", detail: actorWords(entry) }]),
    ...(entry.target ? thing("About", "target", entry.target, pivot, PAGES[entry.target.kind]) : []),
    ...plain("Tool", "tool", entry.tool, pivot),
    ...entry.servers.flatMap((server) => thing("Server", "server", server, pivot, "/servers")),
    ...credential(entry, pivot),
    ...thing("Person", "person", entry.person, pivot, "/people"),
    ...thing("Agent", "agent", entry.agent, pivot, "/agents"),
    ...plain("Reason", "reason", entry.reason, pivot),
    ...(missing.length > 0 ? [{ term: "Missing scopes", detail: <span className="mono">{missing.join(" ")}</span> }] : []),
    ...spreadFacts(entry),
    ...plain("Address", "ip", entry.ip, pivot),
    ...plain("Request", "request", entry.requestId, pivot),
    ...plain("Session", "session", entry.sessionId, pivot),
    ...plain("Trace", "trace", entry.traceId, pivot),
    { term: "Index", detail: <span className="mono">{entry.index}</span> },
    { term: "Hash", detail: <span className="mono text-ink-2 break-all">{entry.leaf}</span> },
  ]; // prettier-ignore
}

/** The changes, with what their commitments stand for. */
function changesOf({ body, personal }: AuditEntryDto): FieldDiff[] {
  if (!Array.isArray(body.changes)) return [];
  return JSON.parse(opened(JSON.stringify(body.changes), (commitment) => personal[commitment])) as FieldDiff[];
}

/** What stands in the entry in place of clear names and addresses, and what it stands for. */
function Commitments({ personal }: Pick<AuditEntryDto, "personal">) {
  const items = Object.entries(personal).map(([commitment, value]) => ({
    term: value ?? ERASED,
    detail: <span className="mono text-ink-2 break-all">{commitment}</span>,
  }));
  if (items.length === 0) return null;
  return (
    <div className="mt-3">
      <p className="text-ink-2 mb-2">
        Names and addresses of people stand in the entry as commitments, so that they can be erased without breaking its
        proof:
      </p>
      <DescriptionList items={items} />
    </div>
  );
}

/** Everything of one entry: what it means, its facts with a way to filter by each, the change field by field, the JSON. */
export function EntryDetail({
  entry,
  pivotHref,
  link,
  related,
  proof,
}: {
  entry: AuditEntryDto;
  /** The address of the list filtered by that value alone. */
  pivotHref: PivotHref;
  /** The whole address of this entry, to be copied. */
  link: string;
  /** Other entries of the same request or token. */
  related?: ReactNode;
  /** `ProofState`. */
  proof?: ReactNode;
}) {
  const meaning = (AUDIT_ACTIONS as Record<string, string>)[entry.action];
  const changes = changesOf(entry);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center gap-3">
        <StatusBadge tone={outcomeTone(entry.outcome)}>{entry.outcome}</StatusBadge>
        {meaning ? <p className="text-body text-ink-2 min-w-0 flex-1">{meaning}</p> : null}
        <CopyButton value={link} label="Copy link" />
      </div>
      {proof}
      <ExplainedBadges badges={entry.badges} />
      <DescriptionList items={factsOf(entry, pivotHref)} />
      {changes.length > 0 ? (
        <section aria-label="What changed">
          <h3 className="text-form mb-1 font-semibold">What changed</h3>
          <DiffView changes={changes} />
        </section>
      ) : null}
      {related}
      <section aria-label="As it was recorded">
        <h3 className="text-form mb-2 font-semibold">As it was recorded</h3>
        <JsonView value={entry.body} label="Entry" />
        <Commitments personal={entry.personal} />
      </section>
    </div>
  );
}
