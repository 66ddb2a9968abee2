import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { insertScopes } from "@/lib/scope/create";
import { insertTools } from "@/lib/tool/create";
import { newId } from "@/lib/id";
import { defineVerb } from "@/lib/verb";
import { readServerDto } from "./dto";
import type { CreateServerInput, ServerDto } from "./schema";
import { chooseSlug, lockSlugs } from "./slug";

/**
 * Registers a server with its scopes and tools, all or nothing; giving it those needs `scope.write` and `tool.write` too. Errors: `name_taken`, `slug_taken`, `resource_taken`,
 * `name_taken` for a scope or tool given twice (`scopes.1.name`), `unknown_scope` for a tool that requires a scope which
 * the server does not have (`tools.0.scopes.1`).
 */
export const createServer = defineVerb(
  { action: "server.create", permission: "server.write" },
  async (scope, input: CreateServerInput): Promise<ServerDto> => {
    const { ctx, tx, record } = scope;
    if (input.scopes.length > 0) requirePermission(ctx, "scope.write");
    if (input.tools.length > 0) requirePermission(ctx, "tool.write");
    await lockSlugs(tx);
    const slug = input.slug ?? (await chooseSlug(tx, input.name));
    const { name, resource, description, maxTokenLifetimeSeconds, auditLevel } = input;
    const { id } = await tx.mcpServer.create({
      data: { id: newId("server"), slug, name, resource, description, maxTokenLifetimeSeconds, auditLevel },
      select: { id: true },
    });
    const server = { id, name };
    record({
      action: "server.create",
      outcome: "success",
      target: { kind: "server", ...server },
      server,
      changes: [
        { field: "name", before: null, after: name },
        { field: "slug", before: null, after: slug },
        { field: "resource", before: null, after: resource },
        { field: "description", before: null, after: description },
        { field: "maxTokenLifetimeSeconds", before: null, after: maxTokenLifetimeSeconds },
        { field: "auditLevel", before: null, after: auditLevel },
      ],
    });
    const scopes = await insertScopes(scope, server, input.scopes, "scopes");
    await insertTools(scope, server, input.tools, scopes, "tools");
    return readServerDto(ctx, tx, id);
  },
);
