import { existsSync } from "node:fs";
import { chromium, defineConfig } from "@playwright/test";

/** What a machine may have of its own; `npm test` installs Playwright's where there is none. */
const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const given = process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH;
const executablePath =
  given ?? (existsSync(chromium.executablePath()) ? undefined : SYSTEM.find((path) => existsSync(path)));

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "../test-results",
  workers: 1,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    trace: "retain-on-failure",
    // Chromium's sandbox does not run as root.
    launchOptions: { executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] },
  },
});
