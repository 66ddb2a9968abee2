import "server-only";
import { z } from "zod";
import { LOOPBACK } from "@/lib/http/loopback";
import { CLIENT_GRANT_TYPES, type ClientGrantType } from "./client";
import { publicKeysField, type ClientAuthMethod } from "./client-schema";
import { isLocalRedirect } from "./redirect";

/** Schemes that a browser itself understands: as a redirect they would run something, or lead nowhere. */
const BROWSER_SCHEMES = new Set([
  "javascript:",
  "data:",
  "vbscript:",
  "blob:",
  "file:",
  "about:",
  "ws:",
  "wss:",
  "ftp:",
  "filesystem:",
  "view-source:",
  "intent:",
  "jar:",
  "chrome:",
  "edge:",
  "resource:",
  "ms-msdt:",
  "search-ms:",
]);

/**
 * Where the browser may go on to (OAuth 2.1 §2.3.1, RFC 8252 §7): an https address, http on loopback alone, or an app's own
 * scheme. No fragment, no user, no wildcard, and nothing that one reader takes for another address than the next: a backslash, a
 * host in escapes, a scheme in capitals or without its slashes.
 */
export function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text) || /[#*\\]/.test(text) || !/^[\x21-\x7e]+$/.test(text)) return false;
  if (!/^[a-z][a-z0-9+.-]*:\/\/?[^/]/.test(text)) return false;
  const url = new URL(text);
  if (url.username || url.password) return false;
  if (url.protocol !== "https:" && url.protocol !== "http:") return !BROWSER_SCHEMES.has(url.protocol);
  if (!/^https?:\/\/[^/%]+(\/|\?|$)/.test(text)) return false;
  return url.protocol === "https:" || LOOPBACK.has(url.hostname);
}

/** A word in letters of several alphabets that look alike, and a heap of accents: ways to look like another name. */
const MIXED_WORD =
  /\p{Script=Latin}[\p{L}\p{M}]*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const MIXED_WORD_BACK =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}][\p{L}\p{M}]*\p{Script=Latin}/u;
const HEAP_OF_MARKS = /\p{M}{4}/u;

/**
 * How a stranger calls itself: one line that people will read. What cannot be seen is left out, look-alikes of the same letter
 * become that letter (NFKC), and a word in several alphabets is refused. Nothing of it makes the name true.
 */
const nameOfStranger = z
  .string()
  .max(200)
  .refine(
    (text) => text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text),
    "must not contain control characters",
  )
  .transform((text) =>
    text
      .normalize("NFKC")
      .replace(/[\p{Default_Ignorable_Code_Point}\p{Co}\p{Cn}]/gu, "")
      .replace(/\s+/gu, " ")
      .trim(),
  )
  .refine((text) => text.length > 0 && text.length <= 200, "must have 1 to 200 characters")
  .refine(
    (text) => !MIXED_WORD.test(text) && !MIXED_WORD_BACK.test(text) && !HEAP_OF_MARKS.test(text),
    "must not mix alphabets within a word",
  );
const httpsUrl = z.url({ protocol: /^https$/ }).max(2000);

/**
 * Client metadata (RFC 7591 §2) as far as it means anything here; what else a client says of itself is left out, as §2 asks.
 * What it asks for beyond what there is (response types, grant types, scopes) is left out too, not refused.
 */
export const clientMetadataSchema = z.object({
  client_name: nameOfStranger.optional(),
  client_uri: httpsUrl.optional().catch(undefined),
  redirect_uris: z
    .array(z.string().max(2000).refine(isRedirectUri, "is not a redirect address that can be allowed"))
    .max(50)
    .default([]),
  grant_types: z.array(z.string().max(100)).max(20).default(["authorization_code"]),
  token_endpoint_auth_method: z.string().max(50).optional(),
  application_type: z.enum(["native", "web"]).optional().catch(undefined),
  jwks: publicKeysField.optional(),
  jwks_uri: httpsUrl.optional(),
});
export type ClientMetadata = z.infer<typeof clientMetadataSchema>;

/** What of them becomes a client, with everything settled that they leave open. */
export type SettledMetadata = {
  name: string;
  clientUri: string | null;
  redirectUris: string[];
  grantTypes: ClientGrantType[];
  authMethod: ClientAuthMethod;
  applicationType: "native" | "web";
  jwks: ClientMetadata["jwks"] | null;
  jwksUri: string | null;
};

/**
 * What a client that introduces itself may do: act for people, never in its own name. Nor by a device code: nothing shows where
 * its answer goes, so anybody could send codes under a name that people trust (RFC 8628 §5.4).
 */
const SELF_GRANTED: ReadonlySet<string> = new Set<ClientGrantType>(["authorization_code", "refresh_token"]);

/**
 * Settles the metadata of a client that introduces itself; the sentence says what is wrong where it cannot be one.
 * @param auth the methods that it may choose from; the first where it says nothing
 */
export function settleMetadata(
  metadata: ClientMetadata,
  auth: readonly [ClientAuthMethod, ...ClientAuthMethod[]],
): SettledMetadata | string {
  const wanted = CLIENT_GRANT_TYPES.filter((type) => metadata.grant_types.includes(type) && SELF_GRANTED.has(type));
  // A client that can be called back is asked to sign in again only when its person wants that.
  const grantTypes: ClientGrantType[] =
    wanted.includes("authorization_code") && !wanted.includes("refresh_token") ? [...wanted, "refresh_token"] : wanted;
  if (grantTypes.length === 0) return "None of the grant types can be had by a client that registers itself.";
  if (grantTypes.includes("authorization_code") && metadata.redirect_uris.length === 0)
    return "redirect_uris is missing.";
  const authMethod =
    metadata.token_endpoint_auth_method === undefined
      ? auth[0]
      : auth.find((method) => method === metadata.token_endpoint_auth_method);
  if (!authMethod) return `token_endpoint_auth_method must be one of ${auth.join(", ")}.`;
  if (authMethod === "private_key_jwt" && !metadata.jwks && !metadata.jwks_uri)
    return "private_key_jwt needs jwks or jwks_uri.";
  if (metadata.jwks && metadata.jwks_uri) return "Give jwks or jwks_uri, not both.";
  return {
    name: metadata.client_name ?? "Unnamed client",
    clientUri: metadata.client_uri ?? null,
    redirectUris: [...new Set(metadata.redirect_uris)],
    grantTypes,
    authMethod,
    // Many say `web` and mean a program on the machine: its addresses tell.
    applicationType: metadata.redirect_uris.some(isLocalRedirect) ? "native" : (metadata.application_type ?? "web"),
    jwks: authMethod === "private_key_jwt" ? (metadata.jwks ?? null) : null,
    jwksUri: authMethod === "private_key_jwt" ? (metadata.jwks_uri ?? null) : null,
  };
}
