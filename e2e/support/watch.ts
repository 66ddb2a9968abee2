import type { BrowserContext, Page } from "@playwright/test";

/**
 * Collects what goes wrong in the browser without anybody looking: errors on its console (a violated content security
 * policy is one) and uncaught exceptions. `tolerated` holds what a journey provokes on purpose.
 */
export function watch(context: BrowserContext, faults: string[], tolerated: readonly RegExp[]): void {
  const note = (page: Page | null, text: string) => {
    if (!tolerated.some((pattern) => pattern.test(text))) faults.push(`${page?.url() ?? ""}: ${text}`);
  };
  context.on("console", (message) => {
    if (message.type() === "error") note(message.page(), `${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => note(error.page(), String(error.error().stack ?? error.error())));
}
