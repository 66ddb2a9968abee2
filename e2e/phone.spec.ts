import { expect, test, unique } from "./support/journey";
import { mintInBrowser } from "./support/mint";

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
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Revoked: its calls are refused from now on")).toBeVisible();
});
