import { existsSync } from "node:fs";
import { runStep, SetupError } from "./run.mjs";

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Makes sure that there is a Chromium: the environment's, Playwright's own, the machine's, or else it installs one. */
export async function ensureBrowser() {
  const { chromium } = await import("@playwright/test");
  const present = () =>
    [process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH, chromium.executablePath(), ...SYSTEM].some(
      (path) => path && existsSync(path),
    );
  if (present()) return;
  const attempts = [
    [
      "Downloading a browser for the tests",
      process.execPath,
      ["node_modules/@playwright/test/cli.js", "install", "chromium"],
    ],
    ...(process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")
      ? [["Installing Debian's browser for the tests", "apt-get", ["install", "-y", "chromium"]]]
      : []),
  ];
  for (const [what, program, args] of attempts) {
    await runStep(what, program, args).catch(() => undefined);
    if (present()) return;
  }
  throw new SetupError(
    "There is no browser for the tests: install Chromium, or set PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH.",
  );
}
