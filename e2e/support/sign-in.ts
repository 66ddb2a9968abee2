import { expect, type Page } from "@playwright/test";

/** Signs in by the form, and waits for the page that follows. */
export async function signIn(page: Page, who: { email: string; password: string }, path = "/sign-in"): Promise<void> {
  await page.goto(path);
  await fillSignIn(page, who);
  await expect(page).not.toHaveURL(/\/sign-in/);
  await expect(page.getByRole("main")).toBeVisible();
}

/** Fills the sign-in form in and sends it. */
export async function fillSignIn(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.getByLabel("E-mail address").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
