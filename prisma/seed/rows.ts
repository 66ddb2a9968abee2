import argon2 from "argon2";
import { db } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { effectiveScopes } from "@/lib/token/effective";
import { hashCredential } from "@/lib/token/hash";
import { AGENTS, DEMO_PASSWORD, PEOPLE, ROLES, SERVERS, TOKENS, type DemoToken } from "./company";

/** The rows of the demo, by the keys of `company.ts`. */
export type Rows = {
  people: Map<string, { id: string; name: string; email: string; nameRef: string; emailRef: string }>;
  servers: Map<
    string,
    { id: string; name: string; keyId: string; scopes: Map<string, string>; tools: Map<string, string | null> }
  >;
  roles: Map<string, { id: string; name: string }>;
  agents: Map<string, { id: string; name: string }>;
  tokens: SeededToken[];
};
export type SeededToken = DemoToken & {
  id: string;
  kind: "ro" | "rw";
  masked: string;
  createdAt: Date;
  revokedAt: Date | null;
  /** What it was rotated to. */
  successor: { id: string; masked: string; createdAt: Date } | null;
  effective: Map<string, string[]>;
};

const DAY_MS = 86_400_000;
const daysFrom = (now: Date, days: number) => new Date(now.getTime() + days * DAY_MS);

/** The value for a key, which must be there. */
export function need<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the demo has no ${key}`);
  return value;
}

/** Makes everything but the audit log. */
export async function seedRows(now: Date): Promise<Rows> {
  const rows: Rows = { people: new Map(), servers: new Map(), roles: new Map(), agents: new Map(), tokens: [] };
  await seedPeople(rows, now);
  await seedServers(rows, now);
  await seedRoles(rows, now);
  await seedAgents(rows, now);
  for (const token of TOKENS) rows.tokens.push(await seedToken(rows, token, now));
  return rows;
}

async function seedPeople(rows: Rows, now: Date): Promise<void> {
  const passwordHash = await argon2.hash(DEMO_PASSWORD, { type: argon2.argon2id });
  for (const [nth, person] of PEOPLE.entries()) {
    const id = newId("person");
    const made = await db().person.create({
      data: {
        id,
        email: person.email,
        name: person.name,
        consoleRole: person.consoleRole,
        status: person.status,
        passwordHash: person.status === "invited" ? null : passwordHash,
        createdAt: daysFrom(now, -90 + nth * 3),
        suspendedAt: person.status === "suspended" ? daysFrom(now, -12) : null,
        lastSignInAt: person.status === "active" ? daysFrom(now, -nth / 3) : null,
      },
      select: { id: true, name: true, email: true, nameRef: true, emailRef: true },
    });
    rows.people.set(person.key, made);
  }
}

async function seedServers(rows: Rows, now: Date): Promise<void> {
  for (const [nth, server] of SERVERS.entries()) {
    const id = newId("server");
    const createdAt = daysFrom(now, -80 + nth * 4);
    await db().mcpServer.create({
      data: {
        id,
        slug: server.key,
        name: server.name,
        resource: server.resource,
        description: server.description,
        status: server.status ?? "active",
        disabledAt: server.status ? daysFrom(now, -20) : null,
        importUrl: server.resource,
        importedAt: daysFrom(now, -2),
        createdAt,
      },
    });
    const scopes = new Map<string, string>();
    for (const scope of server.scopes) {
      scopes.set(scope.name, newId("scope"));
      await db().scope.create({ data: { id: need(scopes, scope.name), serverId: id, createdAt, ...scope } });
    }
    for (const tool of server.tools) await seedTool(id, scopes, tool, createdAt);
    const keyId = await seedKey(id, createdAt);
    rows.servers.set(server.key, {
      id,
      name: server.name,
      keyId,
      scopes,
      tools: new Map(server.tools.map((tool) => [tool.name, tool.scope])),
    });
  }
}

async function seedTool(
  serverId: string,
  scopes: Map<string, string>,
  tool: (typeof SERVERS)[number]["tools"][number],
  createdAt: Date,
): Promise<void> {
  const annotations = { readOnlyHint: tool.readOnly ?? false, destructiveHint: tool.destructive ?? false };
  const inputSchema = { type: "object", properties: { id: { type: "integer" } } };
  await db().tool.create({
    data: {
      id: newId("tool"),
      serverId,
      name: tool.name,
      title: tool.title,
      description: tool.description,
      source: "import",
      annotations,
      inputSchema,
      suggestedAccess: tool.readOnly ? "read" : "write",
      drift: tool.drift ?? "none",
      pending:
        tool.drift === "changed"
          ? {
              title: tool.title,
              description: `${tool.description}; may also archive what it finds`,
              annotations: { ...annotations, readOnlyHint: false },
              inputSchema,
            }
          : undefined,
      createdAt,
      scopes: tool.scope
        ? { create: { scope: { connect: { id_serverId: { id: need(scopes, tool.scope), serverId } } } } }
        : undefined,
    },
  });
}

async function seedKey(serverId: string, createdAt: Date): Promise<string> {
  const key = makeCredential("srv");
  const id = newId("key");
  await db().serverKey.create({
    data: {
      id,
      serverId,
      name: "production",
      ...hashCredential(key),
      lastFour: lastFour(key),
      createdAt,
      createdBy: "system:demo",
      lastUsedAt: new Date(),
    },
  });
  return id;
}

async function seedRoles(rows: Rows, now: Date): Promise<void> {
  for (const [nth, role] of ROLES.entries()) {
    const id = newId("role");
    rows.roles.set(role.key, { id, name: role.name });
    const scopes = Object.entries(role.grants).flatMap(([server, patterns]) =>
      patterns.map((pattern) => ({ serverId: need(rows.servers, server).id, pattern })),
    );
    await db().role.create({
      data: {
        id,
        name: role.name,
        description: role.description,
        createdAt: daysFrom(now, -60 + nth),
        scopes: { create: scopes },
      },
    });
  }
  for (const person of PEOPLE) {
    await db().personRole.createMany({
      data: person.roles.map((role) => ({
        personId: need(rows.people, person.key).id,
        roleId: need(rows.roles, role).id,
        assignedBy: need(rows.people, "ana").id,
      })),
    });
  }
}

async function seedAgents(rows: Rows, now: Date): Promise<void> {
  for (const [nth, agent] of AGENTS.entries()) {
    const id = newId("agent");
    rows.agents.set(agent.key, { id, name: agent.name });
    await db().agent.create({
      data: {
        id,
        name: agent.name,
        kind: agent.kind,
        description: agent.description,
        ownerId: need(rows.people, agent.owner).id,
        status: agent.status ?? "active",
        suspendedAt: agent.status ? daysFrom(now, -3) : null,
        createdAt: daysFrom(now, -50 + nth * 2),
        roles: {
          create: agent.roles.map((role) => ({
            roleId: need(rows.roles, role).id,
            assignedBy: need(rows.people, "idris").id,
          })),
        },
      },
    });
  }
}

type Times = { created: number; expires: number; lastUsed: number | null; revoked?: number; notBefore?: number };
/** Days from now, by state. */
const TIMES: Record<DemoToken["state"], Times> = {
  active: { created: -25, expires: 65, lastUsed: -0.4 },
  busy: { created: -28, expires: 62, lastUsed: -0.002 },
  expiring: { created: -26, expires: 4, lastUsed: -0.1 },
  expired: { created: -50, expires: -8, lastUsed: -9 },
  revoked: { created: -40, expires: 50, lastUsed: -18, revoked: -17.9 },
  never_used: { created: -21, expires: 69, lastUsed: null },
  dormant: { created: -70, expires: 20, lastUsed: -41 },
  rotating: { created: -29, expires: 61, lastUsed: -0.05 },
  future: { created: -1, expires: 40, lastUsed: null, notBefore: 5 },
};

/** What a token may do by server: its narrowing within its role. */
function effectiveOf(token: DemoToken, kind: "ro" | "rw"): Map<string, string[]> {
  const grants = ROLES.find((role) => role.key === token.role)?.grants ?? {};
  return new Map(
    token.servers.map((key) => {
      const offered = SERVERS.find((server) => server.key === key)?.scopes ?? [];
      return [
        key,
        [...effectiveScopes({ kind, narrowed: token.scopes ?? null, rolePatterns: grants[key] ?? [], offered })],
      ];
    }),
  );
}

function kindOf(token: DemoToken): "ro" | "rw" {
  const reached = new Set([...effectiveOf(token, "rw").values()].flat());
  const writes = SERVERS.flatMap((server) => server.scopes).some(
    (scope) => scope.access !== "read" && reached.has(scope.name),
  );
  return writes ? "rw" : "ro";
}

type Generation = Pick<Prisma.TokenUncheckedCreateInput, "id" | "familyId" | "generation" | "createdAt"> &
  Partial<
    Pick<
      Prisma.TokenUncheckedCreateInput,
      "predecessorId" | "notBefore" | "retiresAt" | "revokedAt" | "revokedBy" | "revokedReason"
    >
  >;

async function seedToken(rows: Rows, token: DemoToken, now: Date): Promise<SeededToken> {
  const kind = kindOf(token);
  const times = TIMES[token.state];
  const id = newId("token");
  const credential = makeCredential(kind);
  const createdAt = daysFrom(now, times.created);
  const revokedAt = times.revoked === undefined ? null : daysFrom(now, times.revoked);
  const admin = need(rows.people, "idris").id;
  const servers = token.servers.map((key) => need(rows.servers, key));
  const common = {
    name: token.name,
    note: token.note ?? "",
    kind,
    personId: token.person ? need(rows.people, token.person).id : null,
    agentId: token.agent ? need(rows.agents, token.agent).id : null,
    roleId: need(rows.roles, token.role).id,
    narrowed: token.scopes !== undefined,
    expiresAt: daysFrom(now, times.expires),
    allowedCidrs: token.cidrs ?? [],
    rateLimit: token.rate?.[0],
    rateWindowSeconds: token.rate?.[1],
    createdBy: admin,
    servers: { create: servers.map((server) => ({ serverId: server.id })) },
  };
  const create = async (data: Generation, secret: string) => {
    await db().token.create({ data: { ...common, ...hashCredential(secret), lastFour: lastFour(secret), ...data } });
    const scopes = servers.flatMap((server) =>
      (token.scopes ?? [])
        .filter((name) => server.scopes.has(name))
        .map((name) => ({ tokenId: data.id, scopeId: need(server.scopes, name), serverId: server.id })),
    );
    await db().tokenScope.createMany({ data: scopes });
  };
  const notBefore = times.notBefore === undefined ? null : daysFrom(now, times.notBefore);
  const retiresAt = token.state === "rotating" ? new Date(now.getTime() + 17 * 3_600_000) : null;
  await create(
    {
      id,
      familyId: id,
      generation: 1,
      createdAt,
      notBefore,
      retiresAt,
      revokedAt,
      revokedBy: revokedAt ? admin : null,
      revokedReason: revokedAt ? "leaked" : null,
    },
    credential,
  );
  const masked = (secret: string) => `gth_${kind}_…${lastFour(secret)}`;
  let successor: SeededToken["successor"] = null;
  if (token.state === "rotating") {
    const secret = makeCredential(kind);
    successor = { id: newId("token"), masked: masked(secret), createdAt: daysFrom(now, -0.3) };
    const { id: successorId, createdAt: rotatedAt } = successor;
    await create({ id: successorId, familyId: id, generation: 2, predecessorId: id, createdAt: rotatedAt }, secret);
  }
  if (times.lastUsed !== null) {
    await db().tokenActivity.create({
      data: {
        tokenId: id,
        lastUsedAt: daysFrom(now, times.lastUsed),
        lastIp: token.cidrs?.[0]?.replace(/0\/\d+$/, "17") ?? "10.20.7.31",
        lastServerId: servers[0]?.id,
        allowed: token.state === "busy" ? 4210n : 230n,
        denied: token.state === "busy" ? 12n : 3n,
      },
    });
  }
  return {
    ...token,
    id,
    kind,
    masked: masked(credential),
    createdAt,
    revokedAt,
    successor,
    effective: effectiveOf(token, kind),
  };
}
