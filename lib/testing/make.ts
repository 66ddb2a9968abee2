import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import type { ConsoleRole } from "@/lib/person/console-role";

/** Rows for tests, made directly, with believable defaults. */
let counter = 0;
const nth = () => `${process.pid}-${++counter}`;

export async function makePerson(
  overrides: {
    name?: string;
    email?: string;
    consoleRole?: ConsoleRole;
    status?: "invited" | "active" | "suspended";
  } = {},
) {
  const n = nth();
  return db().person.create({
    data: {
      id: newId("person"),
      name: overrides.name ?? `Person ${n}`,
      email: overrides.email ?? `person-${n}@example.com`,
      consoleRole: overrides.consoleRole ?? "member",
      status: overrides.status ?? "active",
      suspendedAt: overrides.status === "suspended" ? new Date() : null,
    },
  });
}

export async function makeAgent(ownerId: string, overrides: { name?: string; kind?: "interactive" | "machine" } = {}) {
  return db().agent.create({
    data: { id: newId("agent"), name: overrides.name ?? `Agent ${nth()}`, kind: overrides.kind ?? "machine", ownerId },
  });
}

/** A server with scopes `tickets:read` (read), `tickets:write` (write) and the tools `list_tickets`, `close_ticket`. */
export async function makeServer(overrides: { slug?: string; resource?: string; name?: string } = {}) {
  const n = nth();
  const slug = overrides.slug ?? `tickets-${n}`;
  const id = newId("server");
  await db().mcpServer.create({
    data: {
      id,
      slug,
      name: overrides.name ?? `Tickets ${n}`,
      resource: overrides.resource ?? `https://${slug}.example.com/mcp`,
    },
  });
  const read = await db().scope.create({
    data: { id: newId("scope"), serverId: id, name: "tickets:read", access: "read" },
  });
  const write = await db().scope.create({
    data: { id: newId("scope"), serverId: id, name: "tickets:write", access: "write" },
  });
  for (const [name, scope] of [
    ["list_tickets", read],
    ["close_ticket", write],
  ] as const) {
    await db().tool.create({
      data: {
        id: newId("tool"),
        serverId: id,
        name,
        source: "manual",
        scopes: { create: { scope: { connect: { id_serverId: { id: scope.id, serverId: id } } } } },
      },
    });
  }
  return { ...(await db().mcpServer.findUniqueOrThrow({ where: { id } })), scopes: { read, write } };
}

/** A role with the given patterns on the given servers. */
export async function makeRole(
  serverIds: readonly string[],
  patterns: readonly string[],
  overrides: { name?: string } = {},
) {
  return db().role.create({
    data: {
      id: newId("role"),
      name: overrides.name ?? `Role ${nth()}`,
      scopes: { create: serverIds.flatMap((serverId) => patterns.map((pattern) => ({ serverId, pattern }))) },
    },
  });
}

/** A person who holds the role. */
export async function makeHolder(roleId: string, overrides: Parameters<typeof makePerson>[0] = {}) {
  const person = await makePerson(overrides);
  await db().personRole.create({ data: { personId: person.id, roleId, assignedBy: "test" } });
  return person;
}
