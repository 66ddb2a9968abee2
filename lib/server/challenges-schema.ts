import { z } from "zod";
import { scopeNameField } from "@/lib/fields";

/** Client-safe: what a server answers clients with that have no token, a bad one, or one that gives too little. */
export const challengesSchema = z.strictObject({
  metadata: z.strictObject({
    /** Where Gatehouse serves the server's protected resource metadata (RFC 9728); the challenges name it. */
    hosted: z.url(),
    /** Where clients look by themselves: the server's own well-known address. Null where its resource is no web address. */
    wellKnown: z.url().nullable(),
  }),
  /** `WWW-Authenticate` of a 401 where the request has no token. */
  unauthenticated: z.string(),
  /** Of a 401 where validate does not say `active`. */
  invalidToken: z.string(),
  /** Of a 403 where scopes are missing: one for each set of scopes that tools need, with the tools. */
  insufficientScope: z.array(
    z.strictObject({ scopes: z.array(scopeNameField), tools: z.array(z.string()), value: z.string() }),
  ),
});
/** Ready `WWW-Authenticate` values of one server. */
export type ChallengesDto = z.infer<typeof challengesSchema>;
