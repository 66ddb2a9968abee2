import type { BrowserContext } from "@playwright/test";
import { expect, test } from "./support/journey";
import { newPerson, PASSWORD } from "./support/people";
import { fillSignIn, signIn } from "./support/sign-in";
import { entriesAbout } from "./support/entries";

test.describe("a refused sign-in", () => {
  test.use({ tolerated: [/status of (401|429)/] });

  test("tells one clear error, keeps the address that was typed, and is recorded without it", async ({
    visit,
    gatehouse,
  }) => {
    const person = await newPerson(gatehouse);
    const page = await visit("nobody");
    await page.goto("/sign-in");
    await fillSignIn(page, { ...person, password: "not the password" });
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toHaveText(
      "The e-mail address or the password is wrong.",
    );
    await expect(page.getByLabel("E-mail address")).toHaveValue(person.email);
    const [entry] = await entriesAbout(gatehouse.api, "action=session.sign_in&outcome=denied");
    expect(entry).toBeDefined();
    expect(JSON.stringify(entry)).not.toContain("not the password");
  });

  test("says the same for an address that nobody has", async ({ visit }) => {
    const page = await visit("nobody");
    await page.goto("/sign-in");
    await fillSignIn(page, { email: "nobody.at.all@example.com", password: PASSWORD });
    await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  });

  test("is throttled after five wrong passwords, even with the right one, and says when to come back", async ({
    visit,
    gatehouse,
  }) => {
    const person = await newPerson(gatehouse);
    const page = await visit("nobody");
    await page.goto("/sign-in");
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const answered = page.waitForResponse(/callback\/credentials/);
      await fillSignIn(page, { ...person, password: `wrong password ${attempt}` });
      await answered;
      await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
    }
    await fillSignIn(page, person);
    await expect(page.getByText("Too many attempts")).toBeVisible();
    await expect(page.getByText(/Try again in 1[45] minutes\./)).toBeVisible();
    await expect(page).toHaveURL(/\/sign-in/);
  });
});

test("signing in comes back to the page that was asked for", async ({ visit, gatehouse }) => {
  const page = await visit("nobody");
  await page.goto("/tokens?state=all");
  await expect(page).toHaveURL(/\/sign-in\?returnTo=/);
  await fillSignIn(page, await newPerson(gatehouse));
  await expect(page).toHaveURL(`${gatehouse.url}/tokens?state=all`);
});

test("signing in never leads off the site", async ({ visit, gatehouse }) => {
  const person = await newPerson(gatehouse);
  for (const elsewhere of ["https://evil.example/", "//evil.example/", "/\\evil.example/", "/\t/evil.example"]) {
    const page = await visit("nobody");
    await signIn(page, person, `/sign-in?returnTo=${encodeURIComponent(elsewhere)}`);
    expect(new URL(page.url()).origin).toBe(gatehouse.url);
    await page.context().close();
  }
});

test("signing out ends the session for good: its cookie opens nothing any more", async ({ visit, gatehouse }) => {
  const page = await visit("nobody");
  const person = await newPerson(gatehouse);
  await signIn(page, person);
  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: `Account of ${person.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/signed-out/);
  await page.goto("/tokens");
  await expect(page).toHaveURL(/\/sign-in/);
  await keepOnly(page.context(), cookies);
  await page.goto("/tokens");
  await expect(page).toHaveURL(/\/sign-in/);
});

async function keepOnly(context: BrowserContext, cookies: Awaited<ReturnType<BrowserContext["cookies"]>>) {
  await context.clearCookies();
  await context.addCookies(cookies);
}

test("a suspended person's open page is dead at the next step", async ({ visit, gatehouse }) => {
  const page = await visit("nobody");
  const person = await newPerson(gatehouse);
  await signIn(page, person);
  await gatehouse.api.patch(`/people/${person.id}`, { status: "suspended" });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tokens" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
});

test("an invitation is accepted in a fresh browser, and its link leaves the address", async ({ visit, gatehouse }) => {
  const person = await newPerson(gatehouse, {});
  const page = await visit("nobody");
  await page.goto(person.inviteUrl ?? "");
  await expect(page.getByLabel("E-mail address")).toHaveValue(person.email);
  expect(page.url()).not.toContain("#");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Accept invitation" }).click();
  await expect(page.getByText("must have at least 12 characters")).toBeVisible();
  await page.getByLabel("Name").fill(`${person.name} the Second`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Accept invitation" }).click();
  await expect(page.getByRole("button", { name: `Account of ${person.name} the Second` })).toBeVisible();

  const again = await visit("nobody");
  await again.goto(person.inviteUrl ?? "");
  await expect(again.getByText(/has been used already/)).toBeVisible();
  await signIn(again, person);
});

test("an expired invitation says so, and so does one that was never made", async ({ visit, gatehouse }) => {
  const person = await newPerson(gatehouse, {});
  await gatehouse.sql("UPDATE one_time_link SET expires_at = created_at + interval '1 ms' WHERE person_id = $1", [
    person.id,
  ]);
  const page = await visit("nobody");
  await page.goto(person.inviteUrl ?? "");
  await expect(page.getByText(/This link has expired/)).toBeVisible();
  const other = await visit("nobody");
  await other.goto("/invite#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  await expect(other.getByText(/This link does not work/)).toBeVisible();
});
