import "server-only";
import { GatehouseError, type ErrorCode } from "@/lib/errors";

/** The constraints that a caller may run into, and what they mean. All others are bugs. */
const CONSTRAINT_CODES: Record<string, { code: ErrorCode; path?: string; message: string }> = {
  person_email_key: {
    code: "email_taken",
    path: "email",
    message: "Somebody with this e-mail address exists already.",
  },
  person_last_owner: {
    code: "last_owner",
    message: "This is the last active owner. Make somebody else an owner first.",
  },
  // Raised at commit, where the driver passes on the message alone and not the constraint's name.
  "an instance keeps at least one active owner": {
    code: "last_owner",
    message: "This is the last active owner. Make somebody else an owner first.",
  },
  agent_name_key: { code: "name_taken", path: "name", message: "An agent of this name exists already." },
  mcp_server_slug_key: { code: "slug_taken", path: "slug", message: "A server with this slug exists already." },
  mcp_server_name_key: { code: "name_taken", path: "name", message: "A server of this name exists already." },
  mcp_server_resource_key: {
    code: "resource_taken",
    path: "resource",
    message: "A server with this resource exists already.",
  },
  mcp_server_builtin_stays_active: { code: "builtin_immutable", message: "The built-in server cannot be disabled." },
  audit_sink_name_key: { code: "name_taken", path: "name", message: "A sink of this name exists already." },
  role_name_key: { code: "name_taken", path: "name", message: "A role of this name exists already." },
  role_builtin_stays: { code: "builtin_immutable", message: "The built-in role cannot be archived." },
  scope_server_id_name_key: {
    code: "name_taken",
    path: "name",
    message: "The server has a scope of this name already.",
  },
  tool_server_id_name_key: { code: "name_taken", path: "name", message: "The server has a tool of this name already." },
  tool_scope_scope_id_server_id_fkey: { code: "in_use", message: "Tools require this scope. Change them first." },
  token_scope_scope_id_server_id_fkey: {
    code: "unknown_scope",
    path: "scopes",
    message: "A scope was removed from its server at the same moment.",
  },
  approval_one_pending: {
    code: "approval_pending",
    message: "You have asked already. The admins have not decided yet.",
  },
  token_predecessor_id_key: { code: "already_rotated", message: "This token has been rotated already." },
  saved_search_owner_id_name_key: {
    code: "name_taken",
    path: "name",
    message: "This person has a saved search of this name already.",
  },
  server_key_predecessor_id_key: { code: "already_rotated", message: "This key has been rotated already." },
};

const UNAVAILABLE =
  /ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|timeout exceeded when trying to connect|Query read timeout|is not currently accepting connections|Connection terminated|is not queryable|Server has closed the connection|terminating connection|the database system is (?:starting up|shutting down|in recovery)|P1001|P1002|P1017|P2024|P2028|Can't reach database|57P01|57P02|57P03|53300/;
const CONFLICT = /40001|40P01|P2034|deadlock detected|could not serialize/;

/** All texts of an error and its causes, for matching only; never shown. */
function textsOf(error: unknown, depth = 0): string {
  if (depth > 5 || error === null || error === undefined) return "";
  if (typeof error !== "object") return String(error);
  const parts: string[] = [];
  const record = error as Record<string, unknown>;
  for (const key of ["message", "code", "constraint", "originalMessage", "originalCode", "kind"]) {
    if (typeof record[key] === "string") parts.push(record[key]);
  }
  for (const key of ["cause", "meta", "driverAdapterError", "constraint"]) {
    if (typeof record[key] === "object") parts.push(textsOf(record[key], depth + 1));
  }
  if (error instanceof AggregateError) for (const inner of error.errors) parts.push(textsOf(inner, depth + 1));
  return parts.join("\n");
}

/** True where a transaction lost a race that trying again may win. */
export function isWriteConflict(error: unknown): boolean {
  return CONFLICT.test(textsOf(error));
}

/** What a database failure means to a caller: a known constraint, `write_conflict`, `unavailable`, or null for a bug. */
export function mapDbError(error: unknown): GatehouseError | null {
  if (error instanceof GatehouseError) return error;
  const texts = textsOf(error);
  for (const [name, meaning] of Object.entries(CONSTRAINT_CODES)) {
    if (!new RegExp(`\\b${name}\\b`).test(texts)) continue;
    const fields = meaning.path ? [{ path: meaning.path, code: meaning.code, message: meaning.message }] : [];
    return new GatehouseError(meaning.code, { detail: meaning.message, fields, cause: error });
  }
  if (CONFLICT.test(texts)) return new GatehouseError("write_conflict", { cause: error });
  if (UNAVAILABLE.test(texts))
    return new GatehouseError("unavailable", { cause: error, internal: "database unavailable", retryAfterSeconds: 1 });
  return null;
}

/** For a promise's `catch`: a database that is away is `unavailable`, not our bug. */
export function rethrow(error: unknown): never {
  throw mapDbError(error) ?? error;
}
