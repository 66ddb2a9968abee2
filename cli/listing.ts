import type { Page } from "@/lib/page";
import type { Flags, Given, Outcome } from "./command";
import { table } from "./table";

/** The flags of every list. */
export const pageFlags = {
  limit: { type: "string", value: "<n>", help: "At most so many, 1 to 200; 50 where left out" },
  cursor: { type: "string", value: "<cursor>", help: "Go on where the last page ended" },
} as const satisfies Flags;

/** Reads one page as its flags say, and shows it as a table. */
export async function pageOutcome<T>(
  given: Given,
  read: (page: { limit: string | undefined; cursor: string | undefined }) => Promise<Page<T>>,
  columns: readonly string[],
  row: (item: T) => readonly (string | number | null)[],
): Promise<Outcome> {
  const page = await read({ limit: given.text("limit"), cursor: given.text("cursor") });
  return {
    json: page,
    text: table(columns, page.items.map(row)),
    note: page.nextCursor ? `There are more: add --cursor ${page.nextCursor}` : undefined,
  };
}
