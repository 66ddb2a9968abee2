/**
 * Client-safe: a path of our own to return to after signing in; `/` for anything that would lead elsewhere. Judged as a
 * browser would read it: backslashes are slashes to it, tabs and line breaks are nothing.
 */
export function safeReturnTo(value: string | null | undefined): string {
  if (!value || value.length > 2000 || !value.startsWith("/")) return "/";
  const base = "http://gatehouse.invalid";
  if (!URL.canParse(value, base)) return "/";
  const url = new URL(value, base);
  const path = url.pathname + url.search;
  return url.origin === base && !path.startsWith("//") ? path : "/";
}

/** An address of our own (`baseUrl`) without its beginning, so that one rule judges every way to write it. */
export function ownPath(url: string, baseUrl: string): string {
  return url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
}
