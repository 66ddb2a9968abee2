import { readFileSync } from "node:fs";
import type { Download, Page } from "@playwright/test";
import { expect, test } from "./support/journey";
import { callTool, startTickets, type TicketsServer } from "./support/mcp";
import { pick, readSecret } from "./support/mint";
import { freePort } from "./support/process";
import { startProduct, type Product } from "./support/product";
import { confirmRevocation } from "./support/revoke";
import { collectUrls, tablesThatHold } from "./support/secrets";
import { watch } from "./support/watch";

const OWNER = { name: "Nora Newcomer", email: "nora@example.com", password: "the very first password" };
const ROLE = "Ticket readers";
const TOKEN = "Nora's assistant";

test.setTimeout(240_000);

async function createOwner(page: Page, link: string) {
  await page.goto(link);
  await page.getByLabel("Name", { exact: true }).fill(OWNER.name);
  await page.getByLabel("E-mail address").fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Create owner" }).click();
  await expect(page.getByRole("button", { name: `Account of ${OWNER.name}` })).toBeVisible();
  expect(page.url()).not.toContain("#");
}

/** Registers the server and returns its page's address; the import of its tools opens by itself. */
async function registerServer(page: Page, resource: string): Promise<string> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Servers" }).click();
  // The overview has such a link as well, which goes while it is clicked.
  await expect(page.getByRole("heading", { level: 1, name: "Servers" })).toBeVisible();
  await page.getByRole("link", { name: "Register" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Tickets");
  await page.getByLabel("Resource").fill(resource);
  await page.getByRole("button", { name: "Register, then import its tools" }).click();
  await page.waitForURL(/\/servers\/srv_/);
  return new URL(page.url()).pathname;
}

async function issueKey(page: Page, serverPath: string): Promise<string> {
  await page.goto(`${serverPath}?tab=keys`);
  await page.getByRole("button", { name: "Issue a key" }).first().click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("production");
  await page.getByRole("button", { name: "Issue key", exact: true }).click();
  const key = await readSecret(page, "Server key");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Done" }).click();
  return key;
}

async function importTools(page: Page, serverPath: string) {
  await page.goto(`${serverPath}?tab=tools&import=1`);
  await page.getByRole("button", { name: "Look at its tools" }).click();
  const found = page.getByRole("region", { name: "New" }).getByRole("listitem");
  await expect(found.filter({ hasText: "list_tickets" })).toContainText("tickets:read");
  await expect(found.filter({ hasText: "close_ticket" })).toContainText("tickets:write");
  await page.getByRole("button", { name: "Import 2 new tools" }).click();
  const tools = page.getByRole("table", { name: "Tools of Tickets" });
  await expect(tools.getByRole("row", { name: /list_tickets.*tickets:read/ })).toBeVisible();
  await expect(tools.getByRole("row", { name: /close_ticket.*tickets:write/ })).toBeVisible();
}

async function createRoleAndHoldIt(page: Page) {
  await page.goto("/roles/new");
  await page.getByLabel("Name", { exact: true }).fill(ROLE);
  await page.getByRole("checkbox", { name: /tickets:read/ }).click();
  await expect(page.getByTestId("role-summary")).toContainText("only read");
  await page.getByRole("button", { name: /^Create/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: ROLE })).toBeVisible();
  await page.getByRole("button", { name: "Give it" }).click();
  await pick(page, "Who", OWNER.name);
  await page.getByRole("button", { name: "Give the role" }).click();
  await expect(page.getByRole("link", { name: OWNER.name })).toBeVisible();
}

async function mintToken(page: Page): Promise<{ secret: string; path: string }> {
  await page.goto("/tokens/new");
  await expect(page.getByLabel("Role", { exact: true })).toHaveText(ROLE);
  await page.getByLabel("Name", { exact: true }).fill(TOKEN);
  await expect(page.getByTestId("mint-summary")).toContainText("only read");
  await page.getByRole("button", { name: "Mint the token" }).click();
  const secret = await readSecret(page, "Token");
  const path = await page.getByRole("link", { name: "Open the token" }).getAttribute("href");
  page.once("dialog", (dialog) => void dialog.accept());
  return { secret, path: path ?? "" };
}

async function revokeInBrowser(page: Page, tokenPath: string) {
  await page.goto(tokenPath);
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await confirmRevocation(page);
}

/** Searches the audit screen as a person does: by typing the token into its query. */
async function searchByToken(page: Page, tokenId: string) {
  await page.goto("/audit?range=all");
  await page.getByRole("combobox", { name: "Search in entries" }).fill(`token:${tokenId}`);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`q=token(:|%3A)${tokenId}`));
}

type Exported = { action: string; reason?: string | null };

async function exportNdjson(page: Page): Promise<{ text: string; entries: Exported[] }> {
  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: "NDJSON" }).click();
  const download: Download = await started;
  const text = readFileSync(await download.path(), "utf8");
  const entries = text
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { body: Exported }).body);
  return { text, entries };
}

test("a newcomer guards a real MCP server: the read tool is allowed, the write tool is not, revoking ends it at once, and all of it is in the log without a secret", async ({
  browser,
}) => {
  const product: Product = await startProduct();
  let tickets: TicketsServer | undefined;
  try {
    const faults: string[] = [];
    const context = await browser.newContext({ baseURL: product.url, acceptDownloads: true });
    watch(context, faults, []);
    const urls = collectUrls(context);
    const page = await context.newPage();
    const link = product.firstRunLink ?? "";
    expect(link, "the one-time link is printed").toContain(`${product.url}/first-run#`);
    await createOwner(page, link);

    const port = await freePort();
    const serverPath = await registerServer(page, `http://127.0.0.1:${port}/mcp`);
    const key = await issueKey(page, serverPath);
    tickets = await startTickets({ url: product.url, serverKey: key }, { port });
    await importTools(page, serverPath);
    await createRoleAndHoldIt(page);
    const { secret, path } = await mintToken(page);
    const tokenId = path.split("/").at(-1) ?? "";
    expect(secret).toMatch(/^gth_ro_/);

    const read = await callTool(tickets.url, secret, "list_tickets");
    expect(read).toMatchObject({ isError: false, tools: ["list_tickets", "close_ticket"] });
    expect(read.text).toContain("Refund for order 1042");
    const write = await callTool(tickets.url, secret, "close_ticket", { id: 1 });
    expect(write).toMatchObject({ isError: true, text: "denied: insufficient_scope (needs tickets:write)" });
    await revokeInBrowser(page, path);
    const after = await callTool(tickets.url, secret, "list_tickets");
    expect(after).toMatchObject({ isError: true, text: "denied: revoked" });

    await searchByToken(page, tokenId);
    const entries = page.getByRole("table", { name: "Audit entries" }).getByRole("link");
    for (const name of [
      /^token.mint, success/,
      /^token.validate, allow/,
      /^tool.call, success/,
      /^token.revoke, success/,
    ])
      await expect(entries.filter({ visible: true }).and(page.getByRole("link", { name }))).toHaveCount(1);
    await expect(page.getByRole("link", { name: /^token.validate, deny/ })).toHaveCount(2);
    const { text, entries: exported } = await exportNdjson(page);
    expect(
      exported
        .filter(({ action }) => action === "token.validate")
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(["insufficient_scope", "ok", "revoked"]);
    expect(exported.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["token.mint", "token.revoke", "tool.call"]),
    );

    await page.goto("/audit?range=all");
    for (const action of [
      "person.first_run",
      "session.sign_in",
      "server.create",
      "key.issue",
      "tool.import",
      "role.create",
      "role.assign",
    ])
      await expect(page.getByRole("link", { name: new RegExp(`^${action}, success`) }).first()).toBeVisible();

    const pages: string[] = [text];
    for (const address of [path, "/tokens?state=all", "/tokens/new", `${serverPath}?tab=keys`, "/audit?range=all"]) {
      await page.goto(address);
      await page.reload();
      pages.push(await page.content());
    }
    const outputs = [product.output(), tickets.output(), write.output, after.output];
    const linkSecret = link.split("#")[1] ?? "no link";
    for (const hidden of [secret, key, linkSecret, OWNER.password]) {
      expect(
        pages.filter((html) => html.includes(hidden)),
        "pages",
      ).toEqual([]);
      expect(
        urls.filter((url) => url.includes(hidden) && url !== link),
        "addresses",
      ).toEqual([]);
      expect(await tablesThatHold(product, hidden), "tables").toEqual([]);
    }
    for (const hidden of [secret, key, OWNER.password])
      expect(
        outputs.filter((output) => output.includes(hidden)),
        "output of processes",
      ).toEqual([]);
    expect(faults, "errors on the browser's console").toEqual([]);

    const late = await (await browser.newContext({ baseURL: product.url })).newPage();
    await late.goto(link);
    await late.getByLabel("Name", { exact: true }).fill("Somebody Late");
    await late.getByLabel("E-mail address").fill("late@example.com");
    await late.getByLabel("Password", { exact: true }).fill("another long password");
    await late.getByRole("button", { name: "Create owner" }).click();
    await expect(late.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
    await late.goto("/tokens");
    await expect(late).toHaveURL(/\/sign-in/);
  } finally {
    await tickets?.stop();
    await product.stop();
  }
});
