import { GatehouseError } from "@/lib/errors";
import { clientMetadataSchema, isRedirectUri, settleMetadata } from "@/lib/oauth/client-metadata";
import { registerDynamicClient } from "@/lib/oauth/self-registration";
import { currentCtx } from "./asking";

/** A JSON answer of an OAuth endpoint that is ours. */
export type JsonAnswer = { status: number; body: Record<string, unknown> };

const refuse = (error: string, description: string, status = 400): JsonAnswer => ({
  status,
  body: { error, error_description: description },
});

/** Unix seconds; 0, as RFC 7591 §3.2.1 has it, for what never comes. */
const secondsOf = (at: Date | null): number => Math.floor((at?.getTime() ?? 0) / 1000);

/** `POST /oauth/register` (RFC 7591). Errors are §3.2.2's; what cannot be is refused, what means nothing here is left out. */
export async function register(body: Buffer): Promise<JsonAnswer> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return refuse("invalid_client_metadata", "The body is not JSON.");
  }
  const redirects: unknown = (value as { redirect_uris?: unknown } | null)?.redirect_uris;
  if (Array.isArray(redirects) && !redirects.every((uri) => typeof uri === "string" && isRedirectUri(uri)))
    return refuse(
      "invalid_redirect_uri",
      "A redirect address must be https, http on loopback, or an app's own scheme.",
    );
  const parsed = clientMetadataSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse("invalid_client_metadata", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not usable"}`);
  }
  const settled = settleMetadata(parsed.data, ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]);
  if (typeof settled === "string") return refuse("invalid_client_metadata", settled);
  try {
    const { clientId, clientSecret, issuedAt, secretEndsAt } = await registerDynamicClient(currentCtx(), settled);
    return {
      status: 201,
      body: {
        client_id: clientId,
        client_id_issued_at: secondsOf(issuedAt),
        ...(clientSecret ? { client_secret: clientSecret, client_secret_expires_at: secondsOf(secretEndsAt) } : {}),
        client_name: settled.name,
        ...(settled.clientUri ? { client_uri: settled.clientUri } : {}),
        redirect_uris: settled.redirectUris,
        grant_types: settled.grantTypes,
        response_types: settled.grantTypes.includes("authorization_code") ? ["code"] : [],
        token_endpoint_auth_method: settled.authMethod,
        application_type: settled.applicationType,
      },
    };
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    if (error.code === "forbidden") return refuse("access_denied", error.detail ?? "Not allowed.", 403);
    if (error.code === "too_many_attempts")
      return refuse("temporarily_unavailable", "Too many clients wait unused. Try later.", 429);
    throw error;
  }
}
