import "server-only";
import type { Page } from "@/lib/page";

/** The most that a picker in a form holds; a search field narrows it. */
const PICKER_LIMIT = 1000;

/** Everything that a list verb gives, page by page, for the pickers of forms; at most `PICKER_LIMIT`. */
export async function allOf<T>(list: (page: { limit: number; cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 200, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < PICKER_LIMIT);
  return items;
}
