import { listAgents } from "@/lib/agent/list";
import { listSinks } from "@/lib/audit/sinks/list";
import type { Ctx } from "@/lib/ctx";
import type { ErrorCode } from "@/lib/errors";
import { isId, type IdKind } from "@/lib/id";
import type { Page } from "@/lib/page";
import { listPeople } from "@/lib/person/list";
import { listRoles } from "@/lib/role/list";
import { listScopes } from "@/lib/scope/list";
import { listServers } from "@/lib/server/list";
import { listTokens } from "@/lib/token/list";
import { CliError, EXIT } from "./failure";

/** The kinds of things that may be named in a command instead of giving their id. */
type Referable = "server" | "role" | "person" | "agent" | "token" | "sink";

const PAGE = 200;

/** Looks through a whole list for things that are called exactly so. */
async function findAll<T>(
  read: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
  called: (item: T) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: PAGE, cursor });
    found.push(...page.items.filter(called));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** By kind: everything that goes by a name, slug or address. */
const SEARCHES: Record<Referable, (ctx: Ctx, name: string) => Promise<{ id: string }[]>> = {
  server: (ctx, name) =>
    findAll(
      (page) => listServers(ctx, { ...page, q: name, includeBuiltin: true }),
      (server) => same(server.slug, name) || same(server.name, name),
    ),
  role: (ctx, name) =>
    findAll(
      (page) => listRoles(ctx, { ...page, q: name, includeArchived: false }),
      (role) => same(role.name, name),
    ),
  person: (ctx, name) =>
    findAll(
      (page) => listPeople(ctx, { ...page, q: name }),
      (person) => same(person.email, name) || same(person.name, name),
    ),
  agent: (ctx, name) =>
    findAll(
      (page) => listAgents(ctx, { ...page, q: name }),
      (agent) => same(agent.name, name),
    ),
  token: (ctx, name) =>
    findAll(
      (page) => listTokens(ctx, { ...page, q: name, state: "all" }),
      (token) => same(token.name, name),
    ),
  sink: (ctx, name) =>
    findAll(
      () => listSinks(ctx, {}),
      (sink) => same(sink.name, name),
    ),
};

/**
 * The id of the thing that a person named: an id as it is, else a name, slug or e-mail address, whatever its case.
 * Throws a `CliError` where nothing, or more than one thing, is called so.
 */
export async function resolve(ctx: Ctx, kind: Referable, reference: string): Promise<string> {
  if (isId(kind satisfies IdKind, reference)) return reference;
  return onlyOne(kind, reference, await SEARCHES[kind](ctx, reference));
}

/** The id of a scope, by its id or its name; of this server alone where one is given. Throws as `resolve` does. */
export async function resolveScope(ctx: Ctx, reference: string, serverId?: string): Promise<string> {
  if (isId("scope", reference)) return reference;
  const found = await findAll(
    (page) => listScopes(ctx, { ...page, q: reference, serverId }),
    (scope) => scope.name === reference,
  );
  return onlyOne("scope", reference, found);
}

function onlyOne(kind: Referable | "scope", reference: string, found: readonly { id: string }[]): string {
  const [first] = found;
  const notFound: ErrorCode = `${kind}_not_found`;
  if (!first) throw new CliError(EXIT.notFound, notFound, `There is no ${kind} called "${reference}".`);
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(", ");
    throw new CliError(EXIT.usage, "ambiguous", `Several are called "${reference}"; name one by its id: ${ids}.`);
  }
  return first.id;
}

/** The ids of several things. */
export function resolveAll(ctx: Ctx, kind: Referable, references: readonly string[]): Promise<string[]> {
  return Promise.all(references.map((reference) => resolve(ctx, kind, reference)));
}
