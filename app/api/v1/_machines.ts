import { z } from "zod";
import type { MachineEndpoint } from "@/lib/http/openapi";
import { recordedToolCallsSchema, recordToolCallsSchema } from "@/lib/toolcall/schema";
import { introspectionSchema } from "@/lib/validate/introspect-schema";
import {
  validateAnswerSchema,
  validateBatchAnswerSchema,
  validateBatchSchema,
  validateSchema,
} from "@/lib/validate/schema";

const ERRORS = [
  "invalid_request",
  "malformed_json",
  "unauthenticated",
  "payload_too_large",
  "unavailable",
  "unsupported_media_type",
] as const;

/** What MCP servers call; the authority answers it, with the same schemas. */
export const machines: readonly MachineEndpoint[] = [
  {
    path: "/api/v1/validate",
    summary: "May this call go ahead? Asked before every tool call",
    request: validateSchema,
    response: validateAnswerSchema,
    status: 200,
    errors: ERRORS,
  },
  {
    path: "/api/v1/validate/batch",
    summary: "Decide up to 100 calls on one snapshot; the results are in the same order",
    request: validateBatchSchema,
    response: validateBatchAnswerSchema,
    status: 200,
    errors: ERRORS,
  },
  {
    path: "/api/v1/audit/tool-calls",
    summary: "Report how tool calls ended; answered once the reports are on disk",
    request: recordToolCallsSchema,
    response: recordedToolCallsSchema,
    status: 202,
    errors: ERRORS,
  },
  {
    path: "/oauth/introspect",
    summary: "Token introspection (RFC 7662)",
    requestType: "application/x-www-form-urlencoded",
    request: z.object({
      token: z.string(),
      token_type_hint: z.string().optional(),
      client_ip: z.string().optional().describe("Where the client is; a token with an address list needs it"),
    }),
    response: introspectionSchema,
    status: 200,
    errors: ERRORS,
  },
  {
    path: "/oauth/revoke",
    byPossession: true,
    summary:
      "Token revocation by possession (RFC 7009), static and OAuth tokens; 200 whether or not there was such a token",
    requestType: "application/x-www-form-urlencoded",
    request: z.object({
      token: z.string(),
      token_type_hint: z.string().optional(),
      client_id: z.string().optional(),
      client_secret: z.string().optional(),
    }),
    response: null,
    status: 200,
    errors: ERRORS,
  },
];
