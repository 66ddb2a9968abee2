import type { Page } from "@playwright/test";
import { entriesAbout } from "./support/entries";
import { expect, test } from "./support/journey";
import { newPerson } from "./support/people";
import { signIn } from "./support/sign-in";

const sessionsOn = (page: Page) => page.getByRole("main").getByRole("listitem").filter({ hasText: "last seen" });

/** The next thing that somebody does in a browser whose session may have ended. */
async function goOn(page: Page) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tokens" }).click();
}

test("ending another session signs that browser out at its next request, and leaves this one", async ({
  visit,
  gatehouse,
}) => {
  const person = await newPerson(gatehouse);
  const other = await visit("nobody", { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Firefox/140.0" });
  await signIn(other, person);
  const page = await visit("nobody");
  await signIn(page, person);
  await page.goto("/account");
  await expect(sessionsOn(page)).toHaveCount(2);
  await expect(sessionsOn(page).filter({ hasText: "This session" })).toHaveCount(1);
  await page.getByRole("button", { name: "End the session of Firefox on macOS" }).click();
  await expect(page.getByText("Session ended")).toBeVisible();
  await expect(sessionsOn(page)).toHaveCount(1);
  await goOn(other);
  await expect(other).toHaveURL(/\/sign-in/);
  await page.reload();
  await expect(sessionsOn(page)).toHaveCount(1);
  expect(await entriesAbout(gatehouse.api, `action=session.revoke&actor=${person.id}`)).toHaveLength(1);
});

test("signing out everywhere else ends every session but this one, after one question", async ({
  visit,
  gatehouse,
}) => {
  const person = await newPerson(gatehouse);
  const others = [await visit("nobody"), await visit("nobody")];
  for (const other of others) await signIn(other, person);
  const page = await visit("nobody");
  await signIn(page, person);
  await page.goto("/account");
  await expect(sessionsOn(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("2 other sessions end at once");
  await question.getByRole("button", { name: "Sign out elsewhere" }).click();
  await expect(page.getByText("Ended 2 sessions")).toBeVisible();
  await expect(sessionsOn(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Sign out everywhere else" })).toHaveCount(0);
  for (const other of others) {
    await goOn(other);
    await expect(other).toHaveURL(/\/sign-in/);
  }
  await page.reload();
  await expect(sessionsOn(page)).toHaveCount(1);
});
