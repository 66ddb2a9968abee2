import type Provider from "oidc-provider";
import type { errors, KoaContextWithOIDC } from "oidc-provider";
import { prepareEntry } from "@/lib/audit/entry";
import { log } from "@/lib/log";
import { isLocalRedirect } from "@/lib/oauth/redirect";
import { runtime } from "@/lib/validate/runtime";
import { currentCtx } from "./asking";
import { agentOf } from "./models";

type Refusal = { endpoint: string; error: string; description: string | undefined; detail: string | undefined };

const refusals = new WeakMap<object, Refusal>();

/** Every event by which the engine tells that it refused something; the others are never emitted with these features. */
const ENDPOINTS = {
  "authorization.error": "authorization",
  "grant.error": "token",
  "pushed_authorization_request.error": "pushed_authorization_request",
  "device_authorization.error": "device_authorization",
  "code_verification.error": "code_verification",
  "device_resume.error": "device_resume",
} as const;

/** Records every refusal of the engine, before the client hears of it; where that cannot be, the answer is 503. */
export function watchRefusals(provider: Provider): void {
  for (const [event, endpoint] of Object.entries(ENDPOINTS))
    provider.on(event as "grant.error", (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
      if (endpoint === "authorization" && leadsAstray(ctx)) error.allow_redirect = false;
      refusals.set(ctx.req, {
        endpoint,
        error: error.error ?? "server_error",
        description: error.error_description,
        detail: error.error_detail,
      });
    });
  provider.on("server_error", (_ctx, error) => log.error({ err: error }, "An OAuth request could not be answered"));
  provider.use(async (ctx, next) => {
    await next();
    const refusal = refusals.get(ctx.req);
    if (!refusal) return;
    try {
      await record(ctx as KoaContextWithOIDC, refusal);
    } catch {
      ctx.status = 503;
      ctx.set("retry-after", "1");
      ctx.body = { error: "temporarily_unavailable", error_description: "try again in a moment" };
    }
  });
}

/**
 * True where an error would send a browser on to wherever a stranger likes, whose person was asked nothing yet (RFC 9700 §4.11.2):
 * a link to us would be a link to them. A program on the person's own machine is no such place.
 */
function leadsAstray(ctx: KoaContextWithOIDC): boolean {
  const { client, params, route } = ctx.oidc;
  const to = params?.redirect_uri;
  return client?.introduced_itself === true && route !== "resume" && !(typeof to === "string" && isLocalRedirect(to));
}

async function record(ctx: KoaContextWithOIDC, { endpoint, error, description, detail }: Refusal): Promise<void> {
  const client = ctx.oidc?.client;
  const agent = client ? agentOf(client as never) : null;
  const entry = prepareEntry(currentCtx(), {
    action: "oauth.refuse",
    outcome: "denied",
    reason: error,
    target: agent ? { kind: "agent", ...agent } : null,
    agent,
    details: { endpoint, description: description ?? null, why: detail ?? null, clientId: agent ? null : given(ctx) },
  });
  await runtime().recorder.record([entry], { durable: true });
}

/** What a client that is not known called itself. */
function given(ctx: KoaContextWithOIDC): string | null {
  const named: unknown = ctx.oidc?.params?.client_id;
  return typeof named === "string" ? named.slice(0, 200) : null;
}
