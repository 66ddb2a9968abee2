import { z } from "zod";
import { idField } from "@/lib/fields";

/** Client-safe: the answer of `POST /oauth/introspect` (RFC 7662 §2.2). Times in Unix seconds. */
export const introspectionSchema = z.union([
  z.strictObject({ active: z.literal(false) }),
  z.strictObject({
    active: z.literal(true),
    /** The effective scopes on the asking server, separated by spaces. */
    scope: z.string(),
    /** The agent, where the token is for one. */
    client_id: idField.optional(),
    /** The person's e-mail address, where the token is for one. */
    username: z.string().optional(),
    token_type: z.literal("Bearer"),
    exp: z.number().int(),
    iat: z.number().int(),
    nbf: z.number().int(),
    /** The person, or else the agent. */
    sub: idField.optional(),
    /** The asking server's resource. */
    aud: z.string(),
    iss: z.string(),
    jti: idField,
  }),
]);
export type Introspection = z.infer<typeof introspectionSchema>;
