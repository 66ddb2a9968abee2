import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider";

/** What each error means to a person whose browser was sent here, where it cannot be sent back to the client. */
const WORDS: Record<string, string> = {
  invalid_client:
    "This app is not known here, or not any more. Remove the connection in the app, and connect it again.",
  invalid_redirect_uri: "The app wants the answer sent to an address that it has not registered.",
  invalid_request: "The app's request is not complete.",
  invalid_target: "The app asks for a server that is not registered here.",
  access_denied: "The request was refused.",
  server_error: "Something went wrong here. Try again.",
  temporarily_unavailable: "Not possible just now. Try again in a moment.",
};

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
/** Text as HTML. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

/** The page that a person sees where a request fails before the client is known for certain: nothing is sent to anybody else then. */
export function renderError(ctx: KoaContextWithOIDC, out: ErrorOut, _error: Error): void {
  const words = WORDS[out.error] ?? "The app's request could not be answered.";
  // Some errors wear the status of the redirect that they would have been.
  if (ctx.status < 400) ctx.status = 400;
  ctx.type = "html";
  ctx.set(
    "content-security-policy",
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  ctx.set("cache-control", "no-store");
  ctx.set("referrer-policy", "no-referrer");
  ctx.body = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Gatehouse · cannot connect</title>
<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:2rem}h1{font-size:1.25rem;margin:0 0 .5rem}code{font:13px ui-monospace,monospace;opacity:.75;overflow-wrap:anywhere}
</style>
<main><h1>This app could not be connected</h1><p>${escape(words)}</p><p><code>${escape(out.error)}${out.error_description ? `: ${escape(out.error_description)}` : ""}</code></p></main></html>`;
}
