import { existsSync } from "node:fs";
import { chromium, defineConfig } from "@playwright/test";

/** What a machine may have of its own; `npm test` installs Playwright's where there is none. */
const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const given = process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH;
const executablePath =
  given ?? (existsSync(chromium.executablePath()) ? undefined : SYSTEM.find((path) => existsSync(path)));

/**
 * Journeys in a real browser against the product as it is built and started. Each worker has a Gatehouse, a data folder
 * and a port of its own, so nothing is shared between two of them but the build.
 */
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  globalSetup: "./support/build.ts",
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    trace: "retain-on-failure",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    // Chromium's sandbox does not run as root.
    launchOptions: { executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] },
  },
});
