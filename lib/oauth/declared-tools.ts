import "server-only";
import { z } from "zod";
import { db } from "@/lib/db";
import { toolNameField } from "@/lib/validate/schema";

/** The type of `authorization_details` (RFC 9396) by which a client names the very tools that it will use. */
export const MCP_TOOLS = "mcp_tools";

const MAX_TOOLS = 200;

const detailsSchema = z
  .array(
    z.strictObject({
      type: z.literal(MCP_TOOLS),
      tools: z.array(toolNameField).min(1).max(MAX_TOOLS),
      locations: z.array(z.url()).max(1).optional(),
    }),
  )
  .min(1)
  .max(1);

/** The tools that `authorization_details` name; null where there are none, `invalid` where they are not of our one type. */
export function declaredTools(authorizationDetails: string | undefined): string[] | null | "invalid" {
  if (authorizationDetails === undefined) return null;
  try {
    const parsed = detailsSchema.safeParse(JSON.parse(authorizationDetails));
    return parsed.success ? [...new Set(parsed.data[0]?.tools)].sort() : "invalid";
  } catch {
    return "invalid";
  }
}

/**
 * True where all of them are tools of the server. Others are refused before anybody is asked (RFC 9396 §5): what a stranger calls a
 * tool would stand on the page as if it were one.
 */
export async function areToolsOf(serverId: string, names: readonly string[]): Promise<boolean> {
  return (await db().tool.count({ where: { serverId, name: { in: [...names] } } })) === names.length;
}

/** The other way round, for token answers. */
export function detailsOf(tools: readonly string[]): { type: string; tools: string[] }[] {
  return [{ type: MCP_TOOLS, tools: [...tools] }];
}
