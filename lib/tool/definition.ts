import canonicalize from "canonicalize";
import type { Access } from "@/lib/server/schema";
import type { ToolDefinition } from "./schema";

/** The parts of a definition that an import compares. */
export const DEFINITION_FIELDS = ["title", "description", "annotations", "inputSchema"] as const;
export type DefinitionField = (typeof DEFINITION_FIELDS)[number];

/**
 * The access that a tool's hints suggest: `read` where the server calls it read-only, else `write` (MCP's defaults are
 * `readOnlyHint: false`, `destructiveHint: true`). A tool that claims to be both is taken for a writing one.
 */
export function suggestAccess(annotations: ToolDefinition["annotations"]): Access {
  return annotations.readOnlyHint === true && annotations.destructiveHint !== true ? "read" : "write";
}

/** True where two JSON values say the same; the order of an object's keys does not matter. */
export function sameDefinitionPart(a: unknown, b: unknown): boolean {
  return canonicalize(a ?? null) === canonicalize(b ?? null);
}

/** The fields in which two definitions differ. */
export function differingFields(accepted: ToolDefinition, seen: ToolDefinition): DefinitionField[] {
  return DEFINITION_FIELDS.filter((field) => !sameDefinitionPart(accepted[field], seen[field]));
}
