import type { Metadata } from "next";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { Forbidden } from "@/components/shell/refusal";
import { PageHeader } from "@/components/ui/page-header";
import { listHolds } from "@/lib/audit/retention/holds";
import { listPartitions } from "@/lib/audit/retention/list";
import { getRetention } from "@/lib/audit/retention/policy";
import { listPartitionsSchema, type ListPartitionsInput } from "@/lib/audit/retention/schema";
import { may } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { Holds } from "./_components/holds";
import { Partitions } from "./_components/partitions";
import { RetentionCard } from "./_components/retention-card";

export const metadata: Metadata = { title: "Keeping the log" };

/** The page that was asked for; of a place that this list never gave out, the first. */
async function readPartitions(ctx: Ctx, query: ListPartitionsInput) {
  try {
    return await listPartitions(ctx, query);
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code !== "invalid_cursor") throw error;
    return listPartitions(ctx, { limit: query.limit });
  }
}

/** How long the audit log is kept, what is held of it, and where its parts are. */
export default async function LogPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  const retention = await load(getRetention(ctx));
  if (!retention) return <Forbidden what="how the log is kept" />;
  const query = await readSearchParams(listPartitionsSchema, searchParams);
  const [holds, partitions] = await Promise.all([listHolds(ctx, { released: false }), readPartitions(ctx, query)]);
  const mayHold = may(ctx, "hold.write");
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: "Settings", href: "/settings" }]}
        title="Keeping the log"
        description="Entries leave the audit log by whole partitions, and never before an archive of them was read back and verified. The proof of the rest stays as it is."
      />
      <div className="flex flex-col gap-6">
        <RetentionCard retention={retention} mayWrite={may(ctx, "retention.write")} />
        <Holds holds={holds.items} mayWrite={mayHold} />
        <Partitions page={partitions} isFirst={query.cursor === undefined} mayHold={mayHold} />
      </div>
    </>
  );
}
