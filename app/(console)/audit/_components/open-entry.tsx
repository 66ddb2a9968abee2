import Link from "next/link";
import { EntryDetail } from "@/components/audit/entry-detail";
import { EntryDrawer } from "@/components/audit/entry-drawer";
import { actorWords, outcomeTone, rowTime, subjectWords } from "@/components/audit/entry-words";
import { ProofState } from "@/components/audit/proof-state";
import { StatusGlyph } from "@/components/ui/status-badge";
import { auditFilterSchema, searchAuditSchema, type AuditEntryDto } from "@/lib/audit/schema";
import { getEntry, historyOfThing } from "@/lib/audit/search";
import { EVERYTHING, exactly } from "@/lib/audit/language/ast";
import { onlyValue, withoutMatching } from "@/lib/audit/language/edit";
import { print } from "@/lib/audit/language/print";
import { proofOfEntry } from "@/lib/audit/proof/read";
import type { Ctx } from "@/lib/ctx";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { auditHref, pivotHref, queryHref, type AuditView } from "./audit-url";

const NEIGHBOURS = 5;

/** Why there is none to be shown. */
type Missing = { title: string; why: string };

async function find(ctx: Ctx, id: string): Promise<AuditEntryDto | Missing> {
  try {
    return await getEntry(ctx, { id });
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    if (error.code === "entry_archived") return { title: "The entry is not here any more", why: error.detail ?? "" };
    if (error.code !== "entry_not_found") throw error;
    return { title: "There is no such entry", why: "The link names an entry that this log does not hold." };
  }
}

/** The newest other entries with the same value. */
async function neighbours(ctx: Ctx, entry: AuditEntryDto, filter: object): Promise<AuditEntryDto[]> {
  const input = searchAuditSchema.parse({ ...auditFilterSchema.parse(filter), limit: NEIGHBOURS + 1 });
  const items = await historyOfThing(ctx, input);
  return items.filter(({ id }) => id !== entry.id).slice(0, NEIGHBOURS);
}

function Neighbours({ title, entries, all }: { title: string; entries: AuditEntryDto[]; all: string }) {
  if (entries.length === 0) return null;
  return (
    <section aria-label={title}>
      <div className="mb-1 flex items-baseline justify-between gap-4">
        <h3 className="text-form font-semibold">{title}</h3>
        <Link href={all} className="text-meta text-accent hover:underline">
          Show all
        </Link>
      </div>
      <ul className="border-hairline divide-hairline divide-y rounded-lg border">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Link
              href={`/audit?range=all&entry=${entry.id}`}
              scroll={false}
              className="hover:bg-raised text-meta flex min-h-7 items-center gap-2 px-3 -outline-offset-2 pointer-coarse:min-h-11"
            >
              <StatusGlyph tone={outcomeTone(entry.outcome)} />
              <span className="sr-only">{entry.outcome}</span>
              <span className="mono text-ink-2 shrink-0">{rowTime(entry.occurredAt).time}</span>
              <span className="mono shrink-0">{entry.action}</span>
              <span className="text-ink-2 truncate">{subjectWords(entry)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The entry that the URL names, in the drawer, with what belongs to the same request and the same token. */
export async function OpenEntry({ ctx, view, id }: { ctx: Ctx; view: AuditView; id: string }) {
  const closeHref = auditHref(view.params, { entry: null });
  const entry = await find(ctx, id);
  if ("why" in entry)
    return (
      <EntryDrawer title={entry.title} closeHref={closeHref}>
        <p className="text-body text-ink-2">{entry.why} Close it to see the list.</p>
      </EntryDrawer>
    );
  const token = entry.credential?.id ?? (entry.target?.kind === "token" ? entry.target.id : null);
  const proof = await proofOfEntry(ctx, { id: entry.id });
  const { requestId, sessionId, traceId } = entry;
  const related = await Promise.all(
    (
      [
        ["In the same request", "request", requestId],
        ["In the same trace", "trace", traceId],
        ["In the same session", "session", sessionId],
        ["Lately with the same token", "token", token],
      ] as const
    ).map(async ([title, name, value]) => {
      if (value === null) return null;
      const q = print(onlyValue(EVERYTHING, name, exactly(value)));
      return { title, entries: await neighbours(ctx, entry, { q }), all: pivotHref(name, value) };
    }),
  );
  const { day, time } = rowTime(entry.occurredAt);
  return (
    <EntryDrawer
      title={entry.action}
      description={`${day} ${time} UTC by ${entry.agent?.name ?? actorWords(entry)}`}
      closeHref={closeHref}
    >
      <EntryDetail
        entry={entry}
        pivotHref={(name, value) => ({
          only: pivotHref(name, value),
          exclude: queryHref(view.params, withoutMatching(view.query, name, exactly(value))),
        })}
        link={`${env().GATEHOUSE_URL}/audit?range=all&entry=${entry.id}`}
        proof={<ProofState proof={proof} downloadHref={`/audit/proof?entry=${entry.id}`} />}
        related={<>{related.map((each) => (each ? <Neighbours key={each.title} {...each} /> : null))}</>}
      />
    </EntryDrawer>
  );
}
