import type { PersonCtx } from "@/app/_lib/ctx";
import { HistoryCard } from "@/components/audit/history-card";
import { historyOfThing } from "@/lib/audit/search";
import { searchAuditSchema } from "@/lib/audit/schema";
import { may } from "@/lib/authz/require";

const SHOWN = 12;

/** What the audit log tells of one thing, newest first. Nothing for those who may not read the log. */
export async function History({
  ctx,
  by,
  id,
  description,
}: {
  ctx: PersonCtx;
  /** `target` finds changes of the thing itself; the others find what it took part in, too. */
  by: "target" | "person" | "agent";
  id: string;
  description: string;
}) {
  if (!may(ctx, "audit.read")) return null;
  const items = await historyOfThing(ctx, searchAuditSchema.parse({ [by]: id, limit: SHOWN }));
  return <HistoryCard entries={items} query={`${by}=${id}`} description={description} />;
}
