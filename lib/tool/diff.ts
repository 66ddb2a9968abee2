import { differingFields, type DefinitionField } from "./definition";
import type { RemoteTool } from "./remote-tool";
import type { ToolDefinition, ToolDto } from "./schema";

/** A registered tool, as far as an import compares it. */
export type RegisteredTool = Pick<ToolDto, "id" | "name" | "source" | "drift"> & {
  definition: ToolDefinition;
  pending: ToolDefinition | null;
};

/** What an import would do. A registered tool is in at most one of the lists. */
export type ImportDiff = {
  added: RemoteTool[];
  /** Differ from the accepted definition, which stays in force. */
  drifted: { tool: RegisteredTool; seen: RemoteTool; fields: DefinitionField[] }[];
  /** Added by hand, and seen live for the first time: there is no accepted definition to differ from, so it is taken. */
  adopted: { tool: RegisteredTool; seen: RemoteTool; fields: DefinitionField[] }[];
  /** Are as accepted again. */
  returned: RegisteredTool[];
  /** Imported once, and not listed any more. */
  removed: RegisteredTool[];
  /** How many of the listed tools are as accepted, those that returned among them. */
  unchanged: number;
};

/** Compares what is registered with what a live server lists. Pure. */
export function diffTools(registered: readonly RegisteredTool[], seen: readonly RemoteTool[]): ImportDiff {
  const diff: ImportDiff = { added: [], drifted: [], adopted: [], returned: [], removed: [], unchanged: 0 };
  const byName = new Map(registered.map((tool) => [tool.name, tool]));
  for (const remote of seen) {
    const tool = byName.get(remote.name);
    byName.delete(remote.name);
    if (!tool) {
      diff.added.push(remote);
      continue;
    }
    const fields = differingFields(tool.definition, remote.definition);
    if (tool.source === "manual") diff.adopted.push({ tool, seen: remote, fields });
    else if (fields.length > 0) diff.drifted.push({ tool, seen: remote, fields });
    else {
      diff.unchanged++;
      if (tool.drift !== "none") diff.returned.push(tool);
    }
  }
  diff.removed = [...byName.values()].filter(({ source }) => source === "import");
  return diff;
}
