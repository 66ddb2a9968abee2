/**
 * Photographs every screen of a running Gatehouse at 1440 and 390 px, light and dark, into docs/screens/.
 *
 *   npm run screens -- --url http://localhost:3000 --email ada@example.com [--out docs/screens] [--only tokens,audit]
 *
 * The password is read from GATEHOUSE_SCREENS_PASSWORD, so that it stands in no process list. Exits 1 where a screen
 * could not be taken, wrote to the browser's console, or scrolls sideways.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { toPalettePng } from "./palette-png.mjs";

/** A screen is a path, or the first link of a list that leads to one (`from`, `link`, and what to add to it). */
const SCREENS = [
  { name: "sign-in", path: "/sign-in", signedOut: true },
  { name: "overview", path: "/" },
  { name: "tokens", path: "/tokens" },
  { name: "token-mint", path: "/tokens/new" },
  { name: "token", from: "/tokens", link: "/tokens/tok_" },
  { name: "servers", path: "/servers" },
  { name: "server-register", path: "/servers/new" },
  ...["overview", "tools", "keys", "access", "connect"].map((tab) => ({
    name: `server-${tab}`,
    from: "/servers",
    link: "/servers/srv_",
    add: `?tab=${tab}`,
  })),
  { name: "roles", path: "/roles" },
  { name: "role-create", path: "/roles/new" },
  { name: "role", from: "/roles", link: "/roles/rol_" },
  { name: "people", path: "/people" },
  { name: "person", from: "/people", link: "/people/per_" },
  { name: "agents", path: "/agents" },
  { name: "agent", from: "/agents", link: "/agents/agt_" },
  { name: "agents-connected", path: "/agents/connected" },
  { name: "approvals", path: "/agents/approvals" },
  { name: "notices", path: "/notices" },
  { name: "audit", path: "/audit" },
  { name: "account", path: "/account" },
];
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const THEMES = ["light", "dark"];
/** Longer pages are cut here: the picture shows the screen, not all of its list. */
const MAX_HEIGHT = 1800;

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: process.env.GATEHOUSE_URL ?? "http://localhost:3000" },
    email: { type: "string", default: process.env.GATEHOUSE_SCREENS_EMAIL },
    out: { type: "string", default: "docs/screens" },
    only: { type: "string" },
  },
});
const password = process.env.GATEHOUSE_SCREENS_PASSWORD;
if (!options.email || !password) {
  console.error("Say who signs in: --email, and the password in GATEHOUSE_SCREENS_PASSWORD.");
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: findBrowser(),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  await mkdir(options.out, { recursive: true });
  const session = await signIn();
  const wanted = options.only?.split(",");
  const screens = SCREENS.filter((screen) => !wanted || wanted.includes(screen.name));
  const complaints = [];
  for (const theme of THEMES) {
    for (const size of SIZES) complaints.push(...(await takeAll(screens, theme, size, session)));
  }
  for (const complaint of complaints) console.error(complaint);
  console.log(`${screens.length} screens, ${screens.length * THEMES.length * SIZES.length} pictures in ${options.out}`);
  process.exitCode = complaints.length > 0 ? 1 : 0;
} finally {
  await browser.close();
}

/** The browser to use: named, Playwright's own, or the system's. */
function findBrowser() {
  if (process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH) return process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH;
  if (existsSync(chromium.executablePath())) return undefined;
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
}

async function signIn() {
  const context = await browser.newContext({ baseURL: options.url });
  const page = await context.newPage();
  await page.goto("/sign-in", { waitUntil: "networkidle" });
  await page.locator("input[type=email]").fill(options.email);
  await page.locator("input[autocomplete=current-password], input[type=password]").first().fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"), { timeout: 15_000 });
  const state = await context.storageState();
  await context.close();
  return state;
}

async function takeAll(screens, theme, size, session) {
  const complaints = [];
  for (const screen of screens) {
    const name = `${screen.name}-${size.width}-${theme}`;
    const context = await browser.newContext({
      baseURL: options.url,
      viewport: size,
      colorScheme: theme,
      reducedMotion: "reduce",
      storageState: screen.signedOut ? undefined : session,
    });
    await context.addCookies([{ name: "gatehouse_theme", value: theme, url: options.url }]);
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${name}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
    try {
      await open(page, screen);
      await writeFile(join(options.out, `${name}.png`), toPalettePng(await photograph(page, size)));
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (sideways > 0) complaints.push(`${name}: scrolls sideways by ${sideways} px`);
    } catch (error) {
      complaints.push(`${name}: ${error.message.split("\n")[0]}`);
    }
    await context.close();
  }
  return complaints;
}

async function open(page, screen) {
  if (screen.path) {
    await page.goto(screen.path, { waitUntil: "networkidle" });
    return;
  }
  await page.goto(screen.from, { waitUntil: "networkidle" });
  const href = await page.locator(`main a[href^="${screen.link}"]`).first().getAttribute("href", { timeout: 5000 });
  await page.goto(href + (screen.add ?? ""), { waitUntil: "networkidle" });
}

async function photograph(page, size) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.min(Math.max(height, size.height), MAX_HEIGHT) });
  return page.screenshot({ animations: "disabled" });
}
