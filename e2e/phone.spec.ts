import type { Page } from "@playwright/test";
import { expect, test, unique } from "./support/journey";
import { mintInBrowser } from "./support/mint";
import { confirmRevocation } from "./support/revoke";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

test("on a phone, a token is minted, found, and revoked", async ({ visit, gatehouse }) => {
  const page = await visit("admin", PHONE);
  const name = unique("From a phone");
  const { id } = await mintInBrowser(page, { name, role: gatehouse.company.roles.reader.name });
  page.once("dialog", (dialog) => void dialog.accept());
  await page.goto("/");
  await page.getByRole("button", { name: "Open navigation" }).click();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tokens" }).click();
  await expect(page).toHaveURL(/\/tokens$/);
  await page.getByRole("searchbox").fill(name);
  await expect(page).toHaveURL(/q=/);
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("1 token");
  await page.getByRole("link", { name }).click();
  await expect(page).toHaveURL(new RegExp(id));
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await confirmRevocation(page);
});

/** Nothing may stick out of a phone's screen: what does is cut off, or makes the whole page slide. */
async function expectToFit(page: Page) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, `${page.url()} is as wide as the screen`).toBeLessThanOrEqual(PHONE.viewport.width);
}

test("on a phone, the navigation leads to every screen, closes behind itself, and nothing sticks out", async ({
  visit,
}) => {
  const page = await visit("admin", PHONE);
  await page.goto("/");
  const open = page.getByRole("button", { name: "Open navigation" });
  const navigation = page.getByRole("navigation", { name: "Main" });
  await open.click();
  const names = await navigation.getByRole("link").allTextContents();
  expect(names.length).toBeGreaterThanOrEqual(7);
  await page.keyboard.press("Escape");
  await expect(navigation).toHaveCount(0);
  await expect(open).toBeFocused();
  for (const name of names) {
    await open.click();
    const link = navigation.getByRole("link", { name, exact: true });
    const path = (await link.getAttribute("href")) ?? "";
    await link.click();
    await expect(page).toHaveURL((url) => url.pathname === path);
    await expect(navigation).toHaveCount(0);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectToFit(page);
  }
});

test("on a phone, a role is edited, with its forecast in sight before it is saved", async ({ visit, gatehouse }) => {
  const { api, company } = gatehouse;
  const role = await api.post<{ id: string }>("/roles", {
    ...{ name: unique("Phone role"), scopes: ["tickets:read"], serverIds: [company.server.id] },
  });
  const page = await visit("admin", PHONE);
  await page.goto(`/roles/${role.id}`);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByRole("checkbox", { name: /tickets:write/ }).click();
  const forecast = page.getByTestId("role-effect");
  await expect(forecast).toContainText("tickets:write");
  await expectToFit(page);
  await page.getByRole("button", { name: /^Save/ }).click();
  await expect(page).toHaveURL(`${gatehouse.url}/roles/${role.id}`);
  await expect(page.getByRole("main")).toContainText("tickets:write");
  await expectToFit(page);
});

test("on a phone, the log is filtered, and an entry opens over the whole screen and closes again", async ({
  visit,
  gatehouse,
}) => {
  const { api, company } = gatehouse;
  const name = unique("Looked up");
  const { id } = await api.post<{ id: string }>("/tokens", {
    ...{ name, personId: company.people.member.id, roleId: company.roles.reader.id },
    ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
  });
  await api.post(`/tokens/${id}/revoke`, { reason: "End of the journey" });
  const page = await visit("auditor", PHONE);
  await page.goto("/audit?range=all");
  await page.getByRole("combobox", { name: "Search in entries" }).fill(`token:${id}`);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/q=token(:|%3A)tok_/);
  const entries = page.getByRole("table", { name: "Audit entries" }).locator("tbody").getByRole("row");
  await expect(entries).toHaveCount(2);
  await page.getByText("Narrow by value").click();
  await page.getByRole("link", { name: "Only token.revoke, 1" }).click();
  await expect(entries).toHaveCount(1);
  await expectToFit(page);
  await entries.getByRole("link").first().click();
  const drawer = page.getByRole("dialog", { name: "token.revoke" });
  await expect(drawer).toContainText("End of the journey");
  expect((await drawer.boundingBox())?.width).toBe(PHONE.viewport.width);
  await expectToFit(page);
  await drawer.getByRole("button", { name: "Close", exact: true }).click();
  await expect(drawer).toHaveCount(0);
  await expect(entries).toHaveCount(1);
});
