/** A value as `JSON.parse` gives it, or with fields left undefined, which are left out. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * The RFC 8785 (JCS) text of a plain JSON value with well-formed texts and finite numbers. For such values JavaScript's
 * own number and string forms are those of the standard (§3.2.2), so only the keys need sorting.
 */
export function canonicalText(value: unknown): string {
  return write(value as Json);
}

function write(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(write).join(",")}]`;
  let text = "";
  // The default order is that of UTF-16 code units, as the standard wants it.
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${write(item)}`;
  }
  return `{${text}}`;
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);
