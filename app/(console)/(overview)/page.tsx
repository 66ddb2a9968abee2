import { requirePersonCtx } from "@/app/_lib/ctx";
import { getOverview } from "@/lib/overview/get";
import { Overview } from "../_components/overview";

export const metadata = { title: "Overview" };

export default async function OverviewPage() {
  const ctx = await requirePersonCtx();
  return <Overview ctx={ctx} overview={await getOverview(ctx, {})} />;
}
