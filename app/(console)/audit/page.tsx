import type { Metadata } from "next";
import { Download, ScrollText } from "lucide-react";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Suspense } from "react";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { LogFaults } from "@/components/audit/fault-words";
import { EntryList } from "@/components/audit/entry-list";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { buttonClass } from "@/components/ui/button-class";
import { Callout } from "@/components/ui/callout";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { valuesOf } from "@/lib/audit/language/edit";
import { sizeOfLog } from "@/lib/audit/moment";
import { readLogFaults } from "@/lib/audit/faults/read";
import { listSavedSearches } from "@/lib/saved-search/list";
import type { SearchPageDto } from "@/lib/audit/schema";
import { newerCursor } from "@/lib/audit/find";
import { searchAudit } from "@/lib/audit/search";
import type { Ctx } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { auditHref, rangeHref, searchInput, type AuditView, type SearchParams } from "./_components/audit-url";
import { ArchivedNote } from "./_components/archived-note";
import { CopyLink } from "./_components/copy-link";
import { LiveButtons, LiveEmpty, LiveNew, LiveProvider, LiveRows } from "./_components/live";
import { SavedMenu } from "./_components/saved-menu";
import { EntryKeys } from "./_components/entry-keys";
import { FacetSection, HistogramSection } from "./_components/sections";
import { OpenEntry } from "./_components/open-entry";
import { QueryBox } from "./_components/query-box";
import { Pager } from "./_components/pager";
import { viewOf } from "./_components/view";
import { Chips, Ranges } from "./_components/ranges-and-chips";

export const metadata: Metadata = { title: "Audit log" };

/** `size`: how many entries the log had before it was searched. */
type Listed = { page: SearchPageDto; fault: string | null; size: number } | "forbidden";

/** The first page of what matches; a search that cannot be answered is a sentence, not an error page. */
async function list(ctx: Ctx, view: AuditView): Promise<Listed> {
  try {
    const size = await sizeOfLog(ctx, undefined);
    return { page: await searchAudit(ctx, searchInput(view)), fault: null, size };
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    if (error.code === "forbidden") return "forbidden";
    if (!["search_too_broad", "invalid_cursor", "validation_failed"].includes(error.code)) throw error;
    return {
      page: { items: [], nextCursor: null },
      size: 0,
      fault: error.fields[0]?.message ?? error.detail ?? error.message,
    };
  }
}

function NoEntries({ view, fault }: { view: AuditView; fault: string | null }) {
  const filtered = view.text !== "";
  if (fault !== null)
    return (
      <EmptyState
        icon={<ScrollText />}
        title="There is no answer to this search"
        description="What is wrong with it stands above."
        action={<ButtonLink href="/audit">Clear the filters</ButtonLink>}
      />
    );
  if (!filtered && view.range === "all")
    return <EmptyState icon={<ScrollText />} title="Nothing is recorded yet" description="Every decision, sign-in and change will be listed here." />; // prettier-ignore
  return (
    <EmptyState
      icon={<ScrollText />}
      title="Nothing matches in this range"
      description="Widen the time range, or take a filter away."
      action={
        <>
          {view.range === "all" ? null : <ButtonLink href={rangeHref(view, "all")}>Search all time</ButtonLink>}
          {filtered ? <ButtonLink href="/audit">Clear the filters</ButtonLink> : null}
        </>
      }
    />
  );
}

/** Exports what the page shows, whole. Plain links: the browser downloads. */
function ExportLinks({ view }: { view: AuditView }) {
  const query = new URLSearchParams(view.params);
  for (const name of ["cursor", "entry"]) query.delete(name);
  return Object.entries({ csv: "CSV", ndjson: "NDJSON", bundle: "With proofs" }).map(([format, label]) => (
    <a key={format} href={`/audit/export?format=${format}&${query}`} download className={buttonClass()}>
      <Download aria-hidden />
      {label}
    </a>
  ));
}

/** Says that the page is pinned, since when, and how to go on. */
function Pinned({ view }: { view: AuditView }) {
  if (view.at === null) return null;
  return (
    <Callout tone="info">
      Pinned to the log’s first {view.at.toLocaleString("en-US")} entries: everybody with this link sees the same set.{" "}
      <Link href={auditHref(view.params, { at: null })} className="text-accent underline">
        Unpin
      </Link>
    </Callout>
  );
}

/** The filter that nobody set, said aloud. */
function ReadingsNote({ view }: { view: AuditView }) {
  if (valuesOf(view.query, "action").included.length > 0) return null;
  return (
    <p className="text-meta text-ink-2 pt-3">
      {view.readings ? "Readings of the log itself are shown." : "Readings of the log itself are left out."}{" "}
      <Link
        href={auditHref(view.params, { readings: view.readings ? null : "1" })}
        className="text-accent inline-flex min-h-6 items-center hover:underline"
      >
        {view.readings ? "Leave them out" : "Show them"}
      </Link>
    </p>
  );
}

/** The audit log: filters, what matches over time, its facets, its entries, and one of them open. All of it in the URL. */
export default async function AuditPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await requirePersonCtx();
  const view = await viewOf(ctx, await searchParams);
  if (view.folded) redirect(auditHref(view.params, {}));
  const listed = await list(ctx, view);
  const header = {
    title: "Audit log",
    description: "Every decision, sign-in and change, in the order in which it was committed.",
  };
  if (listed === "forbidden")
    return (
      <>
        <PageHeader {...header} />
        <Forbidden what="the audit log" />
      </>
    );
  const { page, fault, size } = listed;
  const saved = await listSavedSearches(ctx, {});
  const cursorless = view.cursor === undefined && view.at === null;
  const newer = fault ? null : newerCursor(searchInput(view), page.items);
  const key = auditHref(view.params, { cursor: null, entry: null });
  return (
    <LiveProvider key={key} params={key.split("?")[1] ?? ""} next={size}>
      <PageHeader {...header} actions={<ExportLinks view={view} />} />
      <div className="flex flex-col gap-3">
        <LogFaults faults={await readLogFaults(ctx)} />
        <QueryBox params={view.params.toString()} />
        <div className="flex flex-wrap items-center gap-2">
          <Ranges view={view} />
          {view.at === null && !fault ? <LiveButtons /> : null}
          <SavedMenu searches={saved.items} params={key.split("?")[1] ?? ""} />
          <CopyLink params={view.params.toString()} pinned={view.at !== null} />
        </div>
        <Pinned view={view} />
        <Chips view={view} />
        {fault !== null && view.errors.length === 0 ? (
          <Callout tone="expiring" alert>
            {fault}
          </Callout>
        ) : null}
        {fault ? null : (
          <Suspense key={`histogram ${key}`} fallback={<Skeleton className="h-36 w-full" />}>
            <HistogramSection ctx={ctx} view={view} />
          </Suspense>
        )}
        <div className={fault ? undefined : "grid gap-6 xl:grid-cols-[14rem_minmax(0,1fr)]"}>
          {fault ? null : (
            <Suspense key={`facets ${key}`} fallback={<Skeleton className="h-80 w-full max-xl:hidden" />}>
              <FacetSection ctx={ctx} view={view} />
            </Suspense>
          )}
          <div className="min-w-0">
            <EntryKeys />
            <LiveNew />
            <div data-live-list>
              <EntryList
                before={cursorless ? <LiveRows params={view.params.toString()} selected={view.entry} /> : undefined}
                entries={page.items}
                selected={view.entry}
                hrefOf={(entry) => auditHref(view.params, { entry: entry.id })}
                empty={
                  <LiveEmpty
                    params={view.params.toString()}
                    selected={view.entry}
                    empty={<NoEntries view={view} fault={fault} />}
                  />
                }
              />
            </div>
            <ArchivedNote archived={page.archived} />
            <Pager params={view.params} newer={newer} older={page.nextCursor} />
            <ReadingsNote view={view} />
          </div>
        </div>
      </div>
      {view.entry ? <OpenEntry ctx={ctx} view={view} id={view.entry} /> : null}
    </LiveProvider>
  );
}
