import type { AdminApi } from "./admin-api";
import type { Product } from "./product";

/** The people who sign in, by what they may do in the console. */
export type ConsoleRole = "owner" | "admin" | "auditor" | "member";
export type Somebody = { id: string; name: string; email: string; password: string };

/** What every worker's Gatehouse holds before its first journey. */
export type Company = {
  people: Record<ConsoleRole, Somebody>;
  server: { id: string; name: string; resource: string; key: string };
  /** On `server`: `reader` gives tickets:read; `editor` gives tickets:read and tickets:write. */
  roles: { reader: { id: string; name: string }; editor: { id: string; name: string } };
};

export const OWNER = { email: "olga.owner@example.com", password: "correct horse battery" };

type Made = { id: string };

/** Fills an empty Gatehouse through its admin API; the owner is made from the environment at start. */
export async function foundCompany(product: Product, api: AdminApi): Promise<Company> {
  const [owner] = await product.sql<Made & { name: string }>("SELECT id, name FROM person WHERE email = $1", [
    OWNER.email,
  ]);
  if (!owner) throw new Error("The owner of GATEHOUSE_ADMIN_EMAIL was not made");
  const made = await api.post<Made>("/servers", {
    name: "Tickets",
    slug: "tickets",
    resource: "https://tickets.example.com/mcp",
    scopes: [
      { name: "tickets:read", access: "read" },
      { name: "tickets:write", access: "write" },
    ],
    tools: [
      { name: "list_tickets", scopes: ["tickets:read"] },
      { name: "close_ticket", scopes: ["tickets:write"] },
    ],
  });
  const { key } = await api.post<{ key: string }>(`/servers/${made.id}/keys`, { name: "End-to-end tests" });
  const serverIds = [made.id];
  const reader = await api.post<Made>("/roles", { name: "Ticket reader", scopes: ["tickets:read"], serverIds });
  const editor = await api.post<Made>("/roles", { name: "Ticket editor", scopes: ["tickets:*"], serverIds });
  const roleIds = [reader.id, editor.id];
  const person = async (name: string, consoleRole: ConsoleRole): Promise<Somebody> => {
    const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
    const password = `${name} signs in here`;
    const { id } = await api.post<Made>("/people", { email, name, consoleRole, roleIds, password });
    return { id, name, email, password };
  };
  const people = {
    owner: { id: owner.id, name: owner.name, ...OWNER },
    admin: await person("Ada Admin", "admin"),
    auditor: await person("Aron Auditor", "auditor"),
    member: await person("Mia Member", "member"),
  };
  await api.patch(`/people/${owner.id}`, { roleIds });
  return {
    people,
    server: { id: made.id, name: "Tickets", resource: "https://tickets.example.com/mcp", key },
    roles: { reader: { id: reader.id, name: "Ticket reader" }, editor: { id: editor.id, name: "Ticket editor" } },
  };
}
