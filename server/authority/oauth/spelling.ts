import { resourceOf } from "./asking";

/**
 * Request parameters with `resource` in its registered spelling: clients send it with a slash too many, or only its origin. What
 * names no server stays as it came, for the engine to refuse; several that mean one are one.
 */
export async function canonicalResource(params: URLSearchParams): Promise<URLSearchParams> {
  const given = params.getAll("resource");
  if (given.length === 0) return params;
  const meant = await Promise.all(given.map(async (indicator) => (await resourceOf(indicator))?.resource ?? indicator));
  const canonical = new URLSearchParams([...params].filter(([name]) => name !== "resource"));
  for (const resource of new Set(meant)) canonical.append("resource", resource);
  return canonical;
}
