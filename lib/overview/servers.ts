import "server-only";
import type { Tx } from "@/lib/db";
import type { OverviewDto } from "./schema";

/** The active servers whose tools wait for somebody, the most waiting first. One query. */
export async function readServersToTend(db: Tx): Promise<OverviewDto["servers"]> {
  const rows = await db.$queryRaw<{ id: string; name: string; drifted: number; closed: number }[]>`
    SELECT m.id, m.name, count(*) FILTER (WHERE tool.drift <> 'none')::int AS drifted,
      count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM tool_scope ts WHERE ts.tool_id = tool.id))::int AS closed
    FROM mcp_server m JOIN tool ON tool.server_id = m.id
    WHERE m.status = 'active' AND NOT m.builtin
    GROUP BY m.id
    HAVING count(*) FILTER (WHERE tool.drift <> 'none' OR NOT EXISTS (SELECT 1 FROM tool_scope ts WHERE ts.tool_id = tool.id)) > 0
    ORDER BY 3 DESC, 4 DESC, m.name`;
  return rows.map((row) => ({ ...row, href: `/servers/${row.id}?tab=tools` }));
}

/** How far the instance is on its way to the first guarded call. One query. */
export async function readChecklist(db: Tx): Promise<NonNullable<OverviewDto["checklist"]>> {
  const [facts] = await db.$queryRaw<
    { owner: boolean; server: string | null; tools: boolean; role: boolean; token: boolean; validate: boolean }[]
  >`
    SELECT EXISTS (SELECT 1 FROM person WHERE console_role = 'owner' AND status = 'active') AS owner,
      (SELECT min(id) FROM mcp_server WHERE NOT builtin) AS server,
      EXISTS (SELECT 1 FROM tool) AS tools,
      EXISTS (SELECT 1 FROM role WHERE NOT builtin AND archived_at IS NULL) AS role,
      EXISTS (SELECT 1 FROM token WHERE kind <> 'adm') AS token,
      EXISTS (SELECT 1 FROM audit_entry WHERE action = 'token.validate'
        AND server_id NOT IN (SELECT id FROM mcp_server WHERE builtin)) AS validate`;
  if (!facts) throw new Error("a query without a table gave no row");
  const server = facts.server ? `/servers/${facts.server}` : null;
  const steps: NonNullable<OverviewDto["checklist"]>["steps"] = [
    { step: "owner", done: facts.owner, href: "/people" },
    { step: "server", done: server !== null, href: server ?? "/servers/new" },
    { step: "tools", done: facts.tools, href: server ? `${server}?tab=tools` : "/servers" },
    { step: "role", done: facts.role, href: facts.role ? "/roles" : "/roles/new" },
    { step: "token", done: facts.token, href: facts.token ? "/tokens" : "/tokens/new" },
    { step: "validate", done: facts.validate, href: server ? `${server}?tab=connect` : "/servers" },
  ];
  return { done: steps.every(({ done }) => done), steps };
}
