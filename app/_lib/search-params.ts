import type { z } from "zod";

/** The query of a page, as Next hands it over. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/**
 * Reads a page's query with a schema whose fields are all optional or have defaults. A value that does not fit counts as
 * not given: a hand-edited address shows the list, not an error. Unknown names are ignored; of a repeated one the first counts.
 */
export async function readSearchParams<S extends z.ZodObject>(
  schema: S,
  searchParams: SearchParams,
): Promise<z.output<S>> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(await searchParams)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined && first !== "" && name in schema.shape) given[name] = first;
  }
  for (;;) {
    const parsed = schema.safeParse(given);
    if (parsed.success) return parsed.data;
    const faulty = parsed.error.issues.map((issue) => String(issue.path[0])).filter((name) => name in given);
    if (faulty.length === 0) throw parsed.error;
    for (const name of faulty) delete given[name];
  }
}
