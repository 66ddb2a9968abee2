import { readFileSync } from "node:fs";
import type { BrowserContext, Page } from "@playwright/test";
import { expect, test } from "./support/journey";
import { freePort } from "./support/process";
import { startProduct } from "./support/product";
import { signIn } from "./support/sign-in";
import { startTlsProxy } from "./support/tls-proxy";
import { watch } from "./support/watch";

test.setTimeout(180_000);

const OWNER = { name: "Hetty Https", email: "hetty@example.com", password: "only ever sent under TLS" };
const CLIENT_IP = "203.0.113.7";

async function createOwner(page: Page, link: string) {
  await page.goto(link);
  await page.getByLabel("Name", { exact: true }).fill(OWNER.name);
  await page.getByLabel("E-mail address").fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Create owner" }).click();
  await expect(page.getByRole("button", { name: `Account of ${OWNER.name}` })).toBeVisible();
}

async function signOut(page: Page) {
  await page.getByRole("button", { name: `Account of ${OWNER.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/signed-out/);
}

/** Every cookie of the browser, held to what an https address asks of it; returns their names. */
async function guardedCookies(context: BrowserContext): Promise<string[]> {
  const cookies = await context.cookies();
  for (const cookie of cookies) {
    expect(cookie.name).toMatch(/^__(Host|Secure)-/);
    expect(cookie, cookie.name).toMatchObject({ secure: true, httpOnly: true, sameSite: "Lax", path: "/" });
  }
  return cookies.map(({ name }) => name);
}

type Exported = { body: { action: string; source: { ip: string | null } } };

async function exportLog(page: Page): Promise<Exported[]> {
  await page.goto("/audit?range=all");
  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: "NDJSON" }).click();
  const text = readFileSync(await (await started).path(), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Exported);
}

test("at an https address behind a proxy: the first owner, signing out and in, guarded cookies, the client's address", async ({
  playwright,
  launchOptions,
}) => {
  const port = await freePort();
  const proxy = await startTlsProxy({ toPort: port, clientIp: CLIENT_IP });
  const env = { PORT: String(port), GATEHOUSE_URL: proxy.url, GATEHOUSE_TRUSTED_PROXIES: "127.0.0.1" };
  const product = await startProduct(env);
  // Told to trust the certificate, not to ignore that it is wrong: Chromium would cancel the download, and heed no HSTS.
  const args = [...(launchOptions.args ?? []), `--ignore-certificate-errors-spki-list=${proxy.pin}`];
  const browser = await playwright.chromium.launch({ ...launchOptions, args });
  const context = await browser.newContext({
    baseURL: proxy.url,
    extraHTTPHeaders: { "x-forwarded-for": "198.51.100.66" }, // what a client says of itself is not believed
  });
  try {
    const faults: string[] = [];
    watch(context, faults, []);
    const page = await context.newPage();
    expect(product.firstRunLink).toContain(`${proxy.url}/first-run#`);
    await createOwner(page, product.firstRunLink ?? "");
    expect(await guardedCookies(context)).toContain("__Host-gatehouse-session");

    await signOut(page);
    await signIn(page, OWNER);
    await expect(page).toHaveURL(`${proxy.url}/`);
    expect(await guardedCookies(context)).toEqual(
      expect.arrayContaining(["__Host-gatehouse-session", "__Host-next-auth.csrf-token"]),
    );
    const answer = await page.goto("/tokens");
    expect(await answer?.headerValue("strict-transport-security")).toMatch(/^max-age=31536000\b/);

    const entries = await exportLog(page);
    const ofPeople = entries.filter(({ body }) => /^(session|person)\./.test(body.action));
    expect(ofPeople.map(({ body }) => body.action)).toEqual(
      expect.arrayContaining(["person.first_run", "session.sign_in", "session.sign_out"]),
    );
    expect(new Set(ofPeople.map(({ body }) => body.source.ip))).toEqual(new Set([CLIENT_IP]));
    expect(faults, "errors on the browser's console").toEqual([]);
  } finally {
    await browser.close();
    await product.stop();
    await proxy.close();
  }
});
