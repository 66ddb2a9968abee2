import "server-only";
import type { Ctx } from "@/lib/ctx";
import { nowDate } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { fieldError, GatehouseError } from "@/lib/errors";
import { lockServer } from "@/lib/server/lock";
import type { Access } from "@/lib/server/schema";
import { defineRead, defineVerb, type Verb, type VerbDefinition, type VerbScope, type Within } from "@/lib/verb";
import { applyDiff, readRegistered } from "./apply";
import { suggestAccess } from "./definition";
import { diffTools, type ImportDiff } from "./diff";
import { requireSendableHeaders } from "./import-headers";
import { readRemoteTools, type RemoteTools } from "./remote";
import type { RemoteTool } from "./remote-tool";
import type { ImportResult, ImportToolsInput } from "./schema";
import { suggestScope } from "./suggest";

const DEFINITION: VerbDefinition<ImportToolsInput> = {
  action: "tool.import",
  permission: "tool.write",
  target: (input) => ({ kind: "server", id: input.serverId }),
};

const MAX_NAMES_IN_ENTRY = 40;

/** What was seen, from where. `url` has no query: that may hold a secret, and it is stored and shown. */
type Look = { input: ImportToolsInput; url: string; remote: RemoteTools };
type LookedAt = ImportToolsInput & { look: Look };

/** Permission, then the calls; no transaction is open meanwhile. A refused target is recorded as a refusal. */
const lookAtServer = defineRead(DEFINITION, async ({ db }, input: ImportToolsInput): Promise<Look> => {
  const server = await db.mcpServer.findUnique({
    where: { id: input.serverId },
    select: { builtin: true, importUrl: true, resource: true },
  });
  if (!server) throw new GatehouseError("server_not_found");
  if (server.builtin)
    throw new GatehouseError("builtin_immutable", { detail: "The built-in server has no tools to import." });
  const url = requireImportUrl(input.url ?? server.importUrl ?? server.resource);
  requireSendableHeaders(input.headers);
  const remote = await readRemoteTools({ url, headers: input.headers });
  return { input, url: url.origin + url.pathname, remote };
});

function requireImportUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw fieldError("validation_failed", "url", "Give the http or https address of the server's MCP endpoint.");
  if (url.username || url.password)
    throw fieldError("validation_failed", "url", "Give credentials as headers, not in the address.");
  url.hash = "";
  return url;
}

type ScopeRow = { name: string; access: Access };

/** The result as it is told, from the scopes that the server had before. */
function toResult(look: Look, slug: string, scopes: readonly ScopeRow[], diff: ImportDiff): ImportResult {
  const seen = ({ name, definition }: RemoteTool) => {
    const suggestedAccess = suggestAccess(definition.annotations);
    return { name, suggestedAccess, suggestedScope: suggestScope(slug, suggestedAccess, scopes).name };
  };
  return {
    url: look.url,
    serverInfo: look.remote.serverInfo,
    dryRun: look.input.dryRun,
    added: diff.added.map(seen),
    changed: [...diff.drifted, ...diff.adopted].map((one) => ({ ...seen(one.seen), fields: [...one.fields] })),
    removed: diff.removed.map(({ name }) => ({ name })),
    unchanged: diff.unchanged,
  };
}

const scopeRows = (db: Tx, serverId: string): Promise<ScopeRow[]> =>
  db.scope.findMany({ where: { serverId }, select: { name: true, access: true }, orderBy: { name: "asc" } });

const previewImport = defineRead(DEFINITION, async ({ db }, input: LookedAt) => {
  const server = await db.mcpServer.findUnique({ where: { id: input.serverId }, select: { slug: true } });
  if (!server) throw new GatehouseError("server_not_found");
  const diff = diffTools(await readRegistered(db, input.serverId), input.look.remote.tools);
  return toResult(input.look, server.slug, await scopeRows(db, input.serverId), diff);
});

const storeImport = defineVerb(DEFINITION, async (scope, input: LookedAt) => {
  const { ctx, tx } = scope;
  const { look } = input;
  const { id, name, slug } = await lockServer(scope, input.serverId);
  const diff = diffTools(await readRegistered(tx, id), look.remote.tools);
  const result = toResult(look, slug, await scopeRows(tx, id), diff);
  await applyDiff(scope, { id, name }, diff, input.assign === "suggested" ? result.added : []);
  await tx.mcpServer.update({ where: { id }, data: { importUrl: look.url, importedAt: nowDate(ctx) } });
  recordImport(scope, { id, name }, result, input.assign);
  return result;
});

/** Names and numbers only: definitions are long, and somebody else's text. */
function recordImport(
  { record }: VerbScope,
  server: { id: string; name: string },
  result: ImportResult,
  assign: ImportToolsInput["assign"],
): void {
  const some = (names: string[]) =>
    names.length > MAX_NAMES_IN_ENTRY
      ? [...names.slice(0, MAX_NAMES_IN_ENTRY), `${names.length - MAX_NAMES_IN_ENTRY} more`]
      : names;
  record({
    action: "tool.import",
    outcome: "success",
    target: { kind: "server", ...server },
    server,
    details: {
      url: result.url,
      assign,
      counts: {
        added: result.added.length,
        changed: result.changed.length,
        removed: result.removed.length,
        unchanged: result.unchanged,
      },
      added: some(result.added.map(({ name }) => name)),
      changed: some(result.changed.map(({ name, fields }) => `${name} (${fields.join(", ")})`)),
      removed: some(result.removed.map(({ name }) => name)),
    },
  });
}

/**
 * Imports the tools of a live server over Streamable HTTP. New tools are closed, or opened to a scope of the suggested
 * access (`assign`). A tool whose definition changed keeps the accepted one, with the new one in `pending`; one that is
 * gone stays, flagged. A tool added by hand takes the live definition. A dry run changes nothing.
 * Errors: `server_not_found`, `builtin_immutable`, `validation_failed` (fields `url`, `headers.<name>`),
 * `import_failed`, `import_target_refused`.
 */
export const importTools: Verb<ImportToolsInput, ImportResult> = Object.assign(
  async (ctx: Ctx, input: ImportToolsInput, within?: Within<ImportResult>): Promise<ImportResult> => {
    const look = await lookAtServer(ctx, input);
    return input.dryRun ? previewImport(ctx, { ...input, look }) : storeImport(ctx, { ...input, look }, within);
  },
  { definition: DEFINITION },
);
