import { z } from "zod";
import { idField } from "@/lib/fields";

/** Client-safe: the answer of `POST /oauth/introspect` (RFC 7662 §2.2). Times in Unix seconds. */
export const introspectionSchema = z.union([
  z.strictObject({ active: z.literal(false) }),
  z.strictObject({
    active: z.literal(true),
    /** The effective scopes on the asking server, separated by spaces. */
    scope: z.string(),
    /** The agent, where the token is for one: its id, or the address of its metadata document. */
    client_id: z.string().optional(),
    /** The person's e-mail address, where the token is for one. */
    username: z.string().optional(),
    token_type: z.enum(["Bearer", "DPoP"]),
    exp: z.number().int(),
    iat: z.number().int(),
    nbf: z.number().int(),
    /** The person, or else the agent. */
    sub: idField.optional(),
    /** The asking server's resource. */
    aud: z.string(),
    iss: z.string(),
    jti: idField,
    /** The key that the bearer must prove to hold (RFC 9449 §6.2): for the asking server to check. */
    cnf: z.strictObject({ jkt: z.string() }).optional(),
    /** The only tools that it opens (RFC 9396). */
    authorization_details: z.array(z.strictObject({ type: z.string(), tools: z.array(z.string()) })).optional(),
    /** When the person proved who they are (RFC 9470 §6.2). */
    auth_time: z.number().int().optional(),
    /** The class of that sign-in. */
    acr: z.string().optional(),
    /** Agents that act through one another (RFC 8693 §4.1). */
    act: z.looseObject({ sub: z.string() }).optional(),
  }),
]);
export type Introspection = z.infer<typeof introspectionSchema>;
