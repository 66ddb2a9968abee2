import type { AdminApi } from "./admin-api";

/** One entry of the audit log as the admin API tells it: the parts that journeys look at. */
export type Entry = {
  id: string;
  action: string;
  outcome: string;
  reason: string | null;
  actor: { kind: string; id: string | null };
  target: { kind: string; id: string } | null;
};

/** The newest entries that match a query such as `action=token.mint&outcome=success`. */
export async function entriesAbout(api: AdminApi, query: string): Promise<Entry[]> {
  const { items } = await api.get<{ items: Entry[] }>(`/audit?${query}&limit=100`);
  return items;
}
