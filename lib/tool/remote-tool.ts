import "server-only";
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import { lineField } from "@/lib/fields";
import { toolAnnotationsSchema, type ToolDefinition } from "./schema";

/** A tool as a live server defines it, fit to be stored. */
export type RemoteTool = { name: string; definition: ToolDefinition };

/** What makes a tool unfit to be imported. The message is a sentence for people, without the server's own text. */
export class RemoteToolFault extends Error {
  override readonly name = "RemoteToolFault";
}

const MAX_DEPTH = 64;
const MAX_DEFINITION_CHARS = 100_000;
const MAX_TITLE_CHARS = 300;
const nameField = lineField(256);

/** A text that PostgreSQL can hold: well-formed Unicode without NUL, cut to `max` characters. */
export function cleanText(text: string, max: number): string {
  return text.slice(0, max).toWellFormed().replaceAll("\0", "\ufffd");
}

/** A JSON value that PostgreSQL can hold. Throws where it is nested too deep. */
function cleanJson(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new RemoteToolFault("nested");
  if (typeof value === "string") return cleanText(value, MAX_DEFINITION_CHARS);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, depth + 1));
  if (value === null || typeof value !== "object") return value ?? null;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [cleanText(key, MAX_DEFINITION_CHARS), cleanJson(item, depth + 1)]),
  );
}

/**
 * Takes from a listed tool what is stored of it. Throws `RemoteToolFault` where its name, depth or size is out of bounds.
 * @param nth where it stands in the list, from 1: how the fault names it
 */
export function readRemoteTool(raw: Tool, nth: number): RemoteTool {
  const name = nameField.safeParse(raw.name);
  // The name must be kept to the letter: it is what a call is matched by.
  if (!name.success || name.data !== raw.name)
    throw new RemoteToolFault(
      `The name of tool number ${nth} cannot be used: it must be one line of 1 to 256 plain characters.`,
    );
  let definition: ToolDefinition;
  try {
    definition = {
      title: cleanText(raw.title ?? raw.annotations?.title ?? "", MAX_TITLE_CHARS),
      description: cleanText(raw.description ?? "", MAX_DEFINITION_CHARS),
      annotations: toolAnnotationsSchema.parse(cleanJson(raw.annotations ?? {})),
      inputSchema: cleanJson(raw.inputSchema),
    };
  } catch (error) {
    if (error instanceof RemoteToolFault)
      throw new RemoteToolFault(`The schema of tool number ${nth} is nested too deep.`);
    throw error;
  }
  if (JSON.stringify(definition).length > MAX_DEFINITION_CHARS)
    throw new RemoteToolFault(`The definition of tool number ${nth} has more than ${MAX_DEFINITION_CHARS} characters.`);
  return { name: raw.name, definition };
}
