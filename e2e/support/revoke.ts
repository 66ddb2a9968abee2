import { expect, type Locator, type Page } from "@playwright/test";

/**
 * What the console says when a revocation is in force everywhere, and nothing weaker. One process caches here; should it
 * have been too busy to keep its lease, it has nothing to use, and need not confirm.
 */
export const REFUSED_EVERYWHERE =
  /^Revoked( \d+ tokens?)?: refused everywhere(, [01] of 1 process( confirmed, its lease ended)?, in .+)?$/;

/** On a token's page: answers the open question, and waits until the console says that it is refused everywhere. */
export async function confirmRevocation(page: Page): Promise<void> {
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText(REFUSED_EVERYWHERE)).toBeVisible();
}

/** Answers the question whether that access should end, and waits until it has. */
export async function endAccess(page: Page, end: Locator): Promise<void> {
  await end.click();
  const question = page.getByRole("alertdialog");
  await question.getByRole("button", { name: "End access" }).click();
  // While it is open, nothing behind it is there for assistive technology, nor for who looks by role.
  await expect(question).toHaveCount(0);
}
