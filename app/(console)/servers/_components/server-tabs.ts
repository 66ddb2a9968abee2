/** Client-safe: the tabs of a server's page, as they stand in the URL. */
export const SERVER_TABS = ["overview", "tools", "keys", "access", "connect"] as const;
export type ServerTab = (typeof SERVER_TABS)[number];

/** The address of a tab; the overview needs no name. `more` is further query, like `drift=changed`. */
export function tabHref(serverId: string, tab: ServerTab, more = ""): string {
  const query = [tab === "overview" ? "" : `tab=${tab}`, more].filter(Boolean).join("&");
  return `/servers/${serverId}${query ? `?${query}` : ""}`;
}
