import type { Gatehouse } from "./gatehouse";
import { unique } from "./journey";
import { startOAuthTickets, type TicketsServer } from "./mcp";
import { newPerson } from "./people";
import { freePort } from "./process";

/** A server of this journey alone, made with that version of the official SDK, running and registered, and somebody whose role gives all of it. */
export async function foundTickets(gatehouse: Gatehouse, sdk: 1 | 2 = 1) {
  const { api, url } = gatehouse;
  const port = await freePort();
  const made = await api.post<{ id: string }>("/servers", {
    ...{ name: unique("Tickets"), resource: `http://127.0.0.1:${port}/mcp` },
    scopes: [
      { name: "tickets:read", access: "read", description: "See tickets" },
      { name: "tickets:write", access: "write", description: "Close tickets" },
    ],
    tools: [
      { name: "list_tickets", scopes: ["tickets:read"] },
      { name: "close_ticket", scopes: ["tickets:write"] },
    ],
  });
  const server = await api.get<{ id: string; name: string }>(`/servers/${made.id}`);
  const { key } = await api.post<{ key: string }>(`/servers/${server.id}/keys`, {});
  const role = await api.post<{ id: string }>("/roles", {
    ...{ name: unique("Ticket desk"), scopes: ["tickets:*"], serverIds: [server.id] },
  });
  const person = await newPerson(gatehouse, { password: "a password for one journey", roleIds: [role.id] });
  const tickets: TicketsServer = await startOAuthTickets({ url, serverKey: key }, port, sdk);
  return { server, person, tickets };
}
