import { callApi } from "./support/admin-api";
import { expect, test as journey, unique } from "./support/journey";
import { REFUSED_EVERYWHERE } from "./support/revoke";
import { ageSession } from "./support/session";
import { signIn } from "./support/sign-in";
import { validate } from "./support/validate";

/** A worker fixture of this file alone gives it a Gatehouse of its own: nothing that others use survives this journey. */
const test = journey.extend<object, { alone: true }>({
  alone: [async ({}, use) => use(true), { scope: "worker", auto: true }],
});

test("revoking everything needs a recent password and the typed word, ends every token at once, and is recorded", async ({
  visit,
  gatehouse,
}) => {
  const { api, company, url } = gatehouse;
  const { admin, member, auditor } = company.people;
  const tokens: string[] = [];
  for (const { id } of [admin, member, auditor]) {
    const made = await api.post<{ token: string }>("/tokens", {
      ...{ name: unique("Doomed"), personId: id, roleId: company.roles.reader.id },
      ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
    });
    tokens.push(made.token);
  }
  const ask = (token: string) => validate(url, company.server.key, { token, tool: "list_tickets" });
  const page = await visit("nobody");
  await signIn(page, admin);
  await ageSession(gatehouse, admin.id);

  await page.goto("/tokens");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Emergency: revoke everything" }).click();
  const question = page.getByRole("alertdialog", { name: "Revoke every token?" });
  await expect(question).toContainText("4 live tokens");
  const revoke = question.getByRole("button", { name: "Revoke everything" });
  await expect(revoke).toHaveAccessibleDescription("Type revoke-all first");
  await question.getByLabel(/to confirm/).fill("revoke-all");
  await expect(revoke).toHaveAccessibleDescription("Give a reason first");
  await question.getByLabel("Reason").fill("The secret store was copied");

  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await revoke.click();
  await proof.getByRole("button", { name: "Cancel" }).click();
  await expect(proof).toHaveCount(0);
  for (const token of tokens) expect(await ask(token)).toMatchObject({ decision: "allow" });

  await revoke.click();
  await proof.getByLabel("Password", { exact: true }).fill(admin.password);
  await proof.getByRole("button", { name: "Confirm" }).click();
  const told = page.getByText(REFUSED_EVERYWHERE);
  await expect(told).toBeVisible();
  await expect(told).toContainText("Revoked 4 tokens:");
  for (const token of tokens) expect(await ask(token)).toMatchObject({ active: false, reason: "revoked" });
  expect(await callApi(url, api.token, "GET", "/tokens")).toMatchObject({ status: 401 });

  await page.goto("/audit?range=all&action=token.revoke_all&outcome=success");
  const entries = page.getByRole("table", { name: "Audit entries" }).locator("tbody").getByRole("row");
  await expect(entries).toHaveCount(1);
  await entries.getByRole("link").first().click();
  const drawer = page.getByRole("dialog", { name: "token.revoke_all" });
  await expect(drawer).toContainText("The secret store was copied");
  await expect(drawer).toContainText(admin.name);
});
