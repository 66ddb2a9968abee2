import { expect, type Page } from "@playwright/test";

/** Chooses one thing in a picker: opens it, types the name, takes the first match. */
export async function pick(page: Page, label: string, name: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).click();
  await page.getByRole("combobox", { name: /^Search/ }).fill(name);
  await page.getByRole("option", { name }).first().click();
}

/** Reads the secret that is shown this once, by its *Show* button. */
export async function readSecret(page: Page, label: string): Promise<string> {
  const shown = page.getByRole("button", { name: "Show", exact: true });
  await shown.click();
  const field = page.getByLabel(label, { exact: true });
  await expect(field).toHaveText(/^gth_(ro|rw|adm|srv|cs)_[0-9A-Za-z]{49}$/);
  return (await field.textContent()) ?? "";
}

/** Mints a token in the browser for the person who is signed in, and returns its secret and id. */
export async function mintInBrowser(
  page: Page,
  terms: { name: string; role: string; server?: string; more?: () => Promise<void> },
): Promise<{ secret: string; id: string }> {
  await page.goto("/tokens/new");
  await pick(page, "Role", terms.role);
  await page.getByLabel("Name", { exact: true }).fill(terms.name);
  await terms.more?.();
  await page.getByRole("button", { name: "Mint the token" }).click();
  await expect(page.getByText(`${terms.name} is minted`)).toBeVisible();
  const secret = await readSecret(page, "Token");
  const link = await page.getByRole("link", { name: "Open the token" }).getAttribute("href");
  return { secret, id: link?.split("/").at(-1) ?? "" };
}
