import { z } from "zod";
import { instantField } from "@/lib/fields";
import { callerRequestIdField, toolNameField } from "@/lib/validate/schema";

/** Client-safe: the shape of `POST /api/v1/audit/tool-calls` (design §3). */

export const TOOL_CALL_OUTCOMES = ["ok", "error", "denied"] as const;

const DAY_MS = 86_400_000;

export const toolCallSchema = z.strictObject({
  /** The decision that let the call go ahead: an `auditId` that the same server was answered. */
  auditId: z.uuid().optional(),
  tool: toolNameField,
  /** By the server's own clock: RFC 3339, or Unix seconds. */
  startedAt: z.union([instantField, z.number().min(0).max(253_402_300_799)]),
  durationMs: z.number().min(0).max(DAY_MS),
  outcome: z.enum(TOOL_CALL_OUTCOMES),
  /** What went wrong, in a sentence; redacted before it is kept. */
  error: z.string().max(2000).optional(),
  arguments: z.unknown().optional(),
  requestId: callerRequestIdField.optional(),
});
export type ToolCallInput = z.infer<typeof toolCallSchema>;

export const recordToolCallsSchema = z.strictObject({
  items: z.array(toolCallSchema).min(1, "must have at least one item").max(100, "must have at most 100 items"),
});
export type RecordToolCallsInput = z.infer<typeof recordToolCallsSchema>;

/** How many calls are now in the log, durably. */
export const recordedToolCallsSchema = z.strictObject({ recorded: z.number().int() });
export type RecordedToolCalls = z.infer<typeof recordedToolCallsSchema>;
