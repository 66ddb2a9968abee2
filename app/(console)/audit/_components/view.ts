import "server-only";
import { load } from "@/app/_lib/load";
import { momentOfPin } from "@/lib/audit/moment";
import type { Ctx } from "@/lib/ctx";
import { readAuditUrl, sizeIn, type AuditView, type SearchParams } from "./audit-url";

/** Reads the URL; where it is pinned to a size, *now* is when the log had that. */
export async function viewOf(ctx: Ctx, raw: SearchParams): Promise<AuditView> {
  const at = sizeIn(raw);
  const pinned = at === null ? null : await load(momentOfPin(ctx, at));
  return readAuditUrl(raw, pinned ?? ctx.nowSeconds() * 1000);
}

/** A request's parameters as a page has them. */
export function rawParams(url: string): SearchParams {
  const query = new URL(url).searchParams;
  return Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));
}
