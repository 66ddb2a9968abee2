import type { BrowserContext, Page } from "@playwright/test";

/** Screens that are not there yet: links to them are fetched ahead. */
const UNBUILT = /status of 404.*\/(servers|roles|people|agents|account)\b[^ ]*_rsc=/;

/**
 * Collects what goes wrong in the browser without anybody looking: errors on its console (a violated content security
 * policy is one) and uncaught exceptions. `tolerated` holds what a journey provokes on purpose.
 */
export function watch(context: BrowserContext, faults: string[], tolerated: readonly RegExp[]): void {
  const note = (page: Page | null, text: string) => {
    if (UNBUILT.test(text)) return;
    if (!tolerated.some((pattern) => pattern.test(text))) faults.push(`${page?.url() ?? ""}: ${text}`);
  };
  context.on("console", (message) => {
    if (message.type() === "error") note(message.page(), `${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => note(error.page(), String(error.error().stack ?? error.error())));
}
