import type { KoaContextWithOIDC } from "oidc-provider";
import type { DeviceInfo } from "@/lib/oauth/device";
import { escape } from "./error-page";

/** A page that a person sees at `/device`; `main` is HTML. It runs nothing, and sends its form to us alone. */
export function renderPage(ctx: KoaContextWithOIDC, title: string, main: string): void {
  ctx.type = "html";
  ctx.set(
    "content-security-policy",
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  );
  ctx.set("cache-control", "no-store");
  ctx.body = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Gatehouse · ${escape(title)}</title>
<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:2rem}h1{font-size:1.25rem;margin:0 0 .5rem;overflow-wrap:anywhere}code{font:1.5rem ui-monospace,monospace;letter-spacing:.1em}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dd{margin:0;overflow-wrap:anywhere}dt{opacity:.7}
input{font:1.5rem ui-monospace,monospace;letter-spacing:.1em;text-transform:uppercase;width:100%;box-sizing:border-box;padding:.5rem;margin-bottom:1rem}
button{font:inherit;padding:.5rem 1rem;margin-right:.5rem}.warning{border-left:3px solid #c60;padding-left:.75rem}
</style>
<main>${main}</main></html>`;
}

const input = (action: string, xsrf: string): string => `<form method="post" action="${escape(action)}">
<input type="hidden" name="xsrf" value="${escape(xsrf)}">
<label for="code">Code</label>
<input id="code" name="user_code" required maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus>
<button>Go on</button></form>`;

const WRONG: Record<string, string> = {
  NotFoundError: "There is no such code.",
  ExpiredError: "This code has expired. Ask the device for a new one.",
  AlreadyUsedError: "This code was used already. Ask the device for a new one.",
  AbortedError: "Refused. The device has been told.",
  NoCodeError: "Type the code that the device shows.",
};

/** Where the code is typed, and what came of the one before. */
export function renderInput(
  ctx: KoaContextWithOIDC,
  { action, xsrf, failure }: { action: string; xsrf: string; failure: string | null },
): void {
  const words =
    failure === null ? null : (WRONG[failure] ?? "This request cannot be answered. Ask the device for a new code.");
  renderPage(
    ctx,
    "connect a device",
    `<h1>Connect a device</h1>${words ? `<p role="alert">${escape(words)}</p>` : ""}
<p>Type the code that your device shows. Never type one that somebody sent you, or told you on the telephone: it would let them in as you.</p>
${input(action, xsrf)}`,
  );
}

/** Who asks, from where; nothing is given yet. */
export function renderConfirm(
  ctx: KoaContextWithOIDC,
  asked: { action: string; xsrf: string; name: string; userCode: string; device: DeviceInfo },
): void {
  const { action, xsrf, name, userCode, device } = asked;
  renderPage(
    ctx,
    "connect a device",
    `<h1>${escape(name)} asks from a device</h1>
<p><code>${escape(userCode)}</code></p>
<dl><dt>It asked from</dt><dd>${escape(device.ip ?? "an unknown address")}</dd><dt>It calls itself</dt><dd>${escape(device.userAgent ?? "nothing")}</dd></dl>
<p class="warning">Go on only if you started this yourself, on a device that you can see, and it shows this very code. Somebody who sent you here with a code would get access as you.</p>
<form method="post" action="${escape(action)}"><input type="hidden" name="xsrf" value="${escape(xsrf)}"><input type="hidden" name="user_code" value="${escape(userCode)}">
<button name="confirm" value="yes">Go on</button><button name="abort" value="yes">It is not mine</button></form>`,
  );
}

export function renderDone(ctx: KoaContextWithOIDC): void {
  renderPage(ctx, "connected", "<h1>Connected</h1><p>Go back to your device. You can close this page.</p>");
}

export function renderThrottled(ctx: KoaContextWithOIDC): void {
  ctx.status = 429;
  ctx.set("retry-after", "600");
  renderPage(
    ctx,
    "too many codes",
    "<h1>Too many codes</h1><p>Wait ten minutes, then ask the device for a new code.</p>",
  );
}
