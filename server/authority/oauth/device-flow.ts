import { hash } from "node:crypto";
import type Provider from "oidc-provider";
import type { Configuration, KoaContextWithOIDC, TokenEndpointGrantContext } from "oidc-provider";
import { handler as deviceHandler } from "oidc-provider/lib/actions/grants/device_code.js";
import * as grantHelpers from "oidc-provider/lib/helpers/grants.js";
import { prepareEntry } from "@/lib/audit/entry";
import { EXTRA_GRANT_TYPES } from "@/lib/oauth/client-schema";
import { deviceInfoSchema } from "@/lib/oauth/device";
import { runtime } from "@/lib/validate/runtime";
import { currentCtx } from "./asking";
import { consoleActor } from "./console-session";
import { renderConfirm, renderDone, renderInput, renderThrottled } from "./device-pages";
import { errors } from "./library";
import { agentOf } from "./models";
import { OAUTH_ROUTES } from "./routes";

const DEVICE_PATH = OAUTH_ROUTES.code_verification;
/**
 * Codes that one person may try (RFC 8628 §5.1): of 20⁸ there are, who tries so many in the ten minutes that one lives finds it once in
 * a billion.
 */
const TRIES = { limit: 20, windowSeconds: 600 } as const;
/** A device is asked to wait five seconds between two questions (§3.5); a little less is let pass, for networks are uneven. */
const POLLS = { limit: 1, windowSeconds: 4 } as const;

const xsrfOf = (ctx: KoaContextWithOIDC): string =>
  String((ctx.oidc.session as unknown as { state?: { secret?: string } } | undefined)?.state?.secret);

const REASONS: Record<string, string> = {
  NotFoundError: "unknown_code",
  ExpiredError: "expired_code",
  AlreadyUsedError: "used_code",
  AbortedError: "access_denied",
};

/** The engine's device flow (RFC 8628) with our pages: the code is typed by somebody who is signed in, then consent as ever. */
export const deviceFlow: NonNullable<NonNullable<Configuration["features"]>["deviceFlow"]> = {
  enabled: true,
  charset: "base-20",
  mask: "****-****",
  deviceInfo: () => ({ ...currentCtx().source }),
  async userCodeInputSource(ctx, _form, _out, error) {
    const reason = error && REASONS[error.name];
    if (reason) await recordRefused(ctx, reason);
    renderInput(ctx, { action: DEVICE_PATH, xsrf: xsrfOf(ctx), failure: error?.name ?? null });
  },
  userCodeConfirmSource(ctx, _form, client, deviceInfo, userCode) {
    const device = deviceInfoSchema.parse(deviceInfo);
    renderConfirm(ctx, {
      action: DEVICE_PATH,
      xsrf: xsrfOf(ctx),
      name: agentOf(client as never).name,
      userCode,
      device,
    });
  },
  successSource: renderDone,
};

async function recordRefused(ctx: KoaContextWithOIDC, reason: string): Promise<void> {
  const { client } = ctx.oidc;
  const agent = client ? agentOf(client as never) : null;
  const actor = (await consoleActor(ctx)) ?? currentCtx().actor;
  const entry = prepareEntry(
    { ...currentCtx(), actor },
    {
      action: "oauth.refuse",
      outcome: "denied",
      reason,
      target: agent ? { kind: "agent", ...agent } : null,
      agent,
      details: { endpoint: "code_verification" },
    },
  );
  await runtime().recorder.record([entry], { durable: true });
}

/**
 * What the engine leaves open of the device flow: only who is signed in may type a code, and few of them; no address has a code in
 * it, so that nobody accepts one that somebody sent them without ever having read it (§5.4); and who polls too quickly is told.
 */
export function guardDeviceFlow(provider: Provider): void {
  provider.use(async (ctx, next) => {
    if (ctx.path !== DEVICE_PATH) return next();
    const person = await consoleActor(ctx);
    if (!person) return ctx.redirect(`/sign-in?returnTo=${encodeURIComponent(DEVICE_PATH)}`);
    if (ctx.method === "POST") {
      const { allowed } = await runtime().limiter.take(`device-code:${person.personId}`, TRIES);
      if (!allowed) return renderThrottled(ctx as KoaContextWithOIDC);
    } else ctx.querystring = "";
    await next();
  });
  provider.on("device_authorization.success", (_ctx, body) => {
    delete (body as { verification_uri_complete?: string }).verification_uri_complete;
    Object.assign(body, { interval: 5 });
  });
  const helpers = Object.fromEntries(
    Object.entries(grantHelpers).map(([name, helper]) => [
      name,
      (helper as (...args: unknown[]) => unknown).bind(null, provider),
    ]),
  );
  const handler = async (ctx: TokenEndpointGrantContext<{ device_code?: string }>): Promise<void> => {
    const { client, params } = ctx.oidc;
    const id = hash("sha256", `${client.clientId} ${params.device_code ?? ""}`, "base64");
    const { allowed } = await runtime().limiter.take(`device-poll:${id}`, POLLS);
    if (!allowed) throw new errors.SlowDown();
    await deviceHandler(provider, helpers, ctx);
  };
  provider.registerGrantType(
    EXTRA_GRANT_TYPES.device_code,
    handler as never,
    ["device_code", "resource"],
    ["resource"],
  );
}
