import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { AuthenticatorApp } from "./support/authenticator-app";
import { entriesAbout } from "./support/entries";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { openCallback } from "./support/oauth-client";
import { newPerson, PASSWORD } from "./support/people";
import { ageSession } from "./support/session";
import { fillSignIn, signIn } from "./support/sign-in";

async function expectNoFault(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sideways, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** Reads the key from the page, gives a code of it, and answers the app with the recovery codes. */
async function setUp(page: Page): Promise<{ app: AuthenticatorApp; recoveryCodes: string[] }> {
  await expect(page.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  await expectNoFault(page);
  const app = new AuthenticatorApp(
    await page
      .locator("code")
      .filter({ hasText: /^([A-Z2-7]{4} ?){8}$/ })
      .innerText(),
  );
  await page.getByLabel("Code", { exact: true }).fill("000000x");
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await expect(page.getByText("This code is wrong, was used already, or has expired.")).toBeVisible();
  await page.getByLabel("Code", { exact: true }).fill(await app.code());
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  const list = page.getByRole("list", { name: "Recovery codes" });
  await expect(list.getByRole("listitem")).toHaveCount(10);
  await expectNoFault(page);
  return { app, recoveryCodes: await list.getByRole("listitem").allInnerTexts() };
}

/** Leaves the recovery codes behind, which asks once. */
async function leaveCodes(page: Page, button: string) {
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: button, exact: true }).click();
}

async function signOut(page: Page, name: string) {
  await page.getByRole("button", { name: "Open navigation" }).click();
  await page.getByRole("button", { name: `Account of ${name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/signed-out/);
}

/** Gives the password, and then a code. */
async function signInWithCode(page: Page, who: { email: string; password: string }, code: string) {
  await page.goto("/sign-in");
  await fillSignIn(page, who);
  await expect(page.getByRole("heading", { name: "Your second factor" })).toBeVisible();
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
}

test("a second factor is set up, asked for at the next sign-in, stood in for by a recovery code, and reset by an admin", async ({
  visit,
  gatehouse,
}) => {
  test.setTimeout(180_000);
  const person = await newPerson(gatehouse);
  const page = await visit("nobody", { viewport: { width: 390, height: 844 } });
  await signIn(page, person);
  await page.goto("/account");
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByRole("button", { name: "Show the QR code" }).click();
  const { app, recoveryCodes } = await setUp(page);
  await leaveCodes(page, "Done");
  await expect(page.getByText("10 recovery codes left")).toBeVisible();
  await expect(page.getByText("and a second factor")).toBeVisible();
  await expectNoFault(page);

  await signOut(page, person.name);
  await page.goto("/sign-in?returnTo=%2Ftokens");
  await fillSignIn(page, person);
  await expect(page.getByText(`You are signing in as ${person.email}.`)).toBeVisible();
  await expectNoFault(page);
  await page.getByLabel("Code", { exact: true }).fill("000000x");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("This code is wrong, was used already, or has expired.")).toBeVisible();
  const elsewhere = await visit("nobody");
  await elsewhere.goto("/second-factor");
  await expect(elsewhere).toHaveURL(/\/sign-in$/);
  await page.reload();
  await page.getByLabel("Code", { exact: true }).fill(await app.code());
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(/\/tokens$/);

  await signOut(page, person.name);
  await signInWithCode(page, person, recoveryCodes[0] ?? "");
  await expect(page).toHaveURL(`${gatehouse.url}/`);
  await page.goto("/account");
  await expect(page.getByText("9 recovery codes left")).toBeVisible();

  const admin = await visit("admin");
  await ageSession(gatehouse, gatehouse.company.people.admin.id);
  await admin.goto(`/people/${person.id}`);
  await expect(admin.getByText("authenticator app")).toBeVisible();
  await admin.getByRole("button", { name: "More" }).click();
  await admin.getByRole("menuitem", { name: "Reset second factor" }).click();
  const question = admin.getByRole("alertdialog");
  await expectNoFault(admin);
  await question.getByRole("button", { name: "Reset" }).click();
  const proof = admin.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.getByLabel("Password", { exact: true }).fill(gatehouse.company.people.admin.password);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await expect(admin.getByText("none of their own")).toBeVisible();

  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, person);
  await page.goto("/account");
  await expect(page.getByText("Your second factor was taken off by somebody else")).toBeVisible();
  await expectNoFault(page);
  const actions = (await entriesAbout(gatehouse.api, `person=${person.id}`)).map(({ action }) => action);
  for (const action of ["enrol", "reset"]) expect(actions).toContain(`person.second_factor_${action}`);
  expect(actions).toContain("person.recovery_code_use");
});

test("who has a second factor proves both before a dangerous act, and takes it off", async ({ visit, gatehouse }) => {
  test.setTimeout(120_000);
  const person = await newPerson(gatehouse);
  const page = await visit("nobody");
  await signIn(page, person);
  await page.goto("/account");
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByRole("button", { name: "Show the QR code" }).click();
  const { app } = await setUp(page);
  await leaveCodes(page, "Done");
  await ageSession(gatehouse, person.id);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await expectNoFault(page);
  await proof.getByLabel("Code", { exact: true }).fill(await app.code());
  await proof.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("Second factor removed")).toBeVisible();
  await expect(page.getByText("You have none.")).toBeVisible();
});

/** Asks everyone for a second factor while `work` runs. */
async function whileRequired({ api }: Gatehouse, work: () => Promise<void>) {
  await api.patch("/policy", { requireSecondFactor: "everyone" });
  try {
    await work();
  } finally {
    await api.patch("/policy", { requireSecondFactor: "off" });
  }
}

test("who must have a second factor sets one up before they see anything else", async ({ visit, gatehouse }) => {
  test.setTimeout(120_000);
  const person = await newPerson(gatehouse);
  const page = await visit("nobody", { viewport: { width: 390, height: 844 } });
  await whileRequired(gatehouse, async () => {
    await page.goto("/sign-in?returnTo=%2Ftokens");
    await fillSignIn(page, person);
    await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
    await expectNoFault(page);
    for (const path of ["/", "/account", "/audit"]) {
      await page.goto(path);
      await expect(page).toHaveURL(/\/second-factor/);
    }
    await page.goto("/tokens");
    await page.getByRole("button", { name: "Set up an authenticator app" }).click();
    await setUp(page);
    await leaveCodes(page, "Continue");
    await expect(page).toHaveURL(/\/tokens$/);
    await page.goto("/account");
    await expect(page.getByRole("button", { name: "Remove" })).toHaveAttribute("aria-disabled", "true");
  });
});

test("the settings say who must have a second factor, and it counts with the next click", async ({
  visit,
  gatehouse,
}) => {
  const person = await newPerson(gatehouse);
  const [page, theirs] = [await visit("owner"), await visit("nobody")];
  await signIn(theirs, person);
  await page.goto("/settings");
  const card = page.getByRole("group", { name: "Second factor" });
  const save = page.locator("section", { has: card }).getByRole("button", { name: "Save" });
  await card.getByRole("radio", { name: "Owners and admins" }).click();
  await expectNoFault(page);
  try {
    await save.click();
    // The owner has none either: they are the first who must set one up.
    await expect(page).toHaveURL(/\/second-factor/);
    await theirs.goto("/account");
    await expect(theirs.getByText("You have none.")).toBeVisible();
  } finally {
    await gatehouse.api.patch("/policy", { requireSecondFactor: "off" });
  }
  await page.goto("/settings");
  await expect(card.getByRole("radio", { name: "Nobody must" })).toBeChecked();
});

test("an agent that asks for a second factor gets it, or is told that it was not given", async ({
  visit,
  gatehouse,
}) => {
  test.setTimeout(120_000);
  const { api, company } = gatehouse;
  const person = await newPerson(gatehouse, { password: PASSWORD, roleIds: [company.roles.reader.id] });
  const callback = await openCallback();
  try {
    const name = unique("Careful agent");
    const agent = await api.post<{ id: string }>("/agents", {
      ...{ name, kind: "interactive", ownerId: company.people.owner.id },
    });
    await api.post(`/agents/${agent.id}/client`, { authMethod: "none", redirectUris: [callback.url] });
    const ask = new URL("/oauth/authorize", gatehouse.url);
    ask.search = new URLSearchParams({
      ...{ response_type: "code", client_id: agent.id, redirect_uri: callback.url, state: "s" },
      ...{ code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" },
      ...{ resource: company.server.resource, scope: "openid tickets:read" },
      ...{ acr_values: "https://refeds.org/profile/mfa" },
    }).toString();
    const page = await visit("nobody", { viewport: { width: 390, height: 844 } });
    await signIn(page, person);
    await page.goto(ask.href);
    await expect(page.getByRole("heading", { name: `${name} asks for a second factor` })).toBeVisible();
    await expectNoFault(page);
    await page.getByRole("button", { name: "Refuse" }).click();
    await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
    expect(callback.came.at(-1)?.searchParams.get("error")).toBe("unmet_authentication_requirements");

    await page.goto(ask.href);
    await page.getByRole("link", { name: "Set up a second factor" }).click();
    await page.getByRole("button", { name: "Set up an authenticator app" }).click();
    await setUp(page);
    await leaveCodes(page, "Continue");
    await expect(page.getByRole("heading", { name: `${name} wants to use Tickets for you` })).toBeVisible();
    await page.getByRole("button", { name: "Allow" }).click();
    await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
    expect(callback.came.at(-1)?.searchParams.get("code")).toBeTruthy();
  } finally {
    callback.server.closeAllConnections();
    await new Promise((closed) => callback.server.close(closed));
  }
});
