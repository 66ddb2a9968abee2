import AxeBuilder from "@axe-core/playwright";
import { expect, test, unique } from "./support/journey";

test("an owner erases somebody who left: the name is gone from every page and the log, and the log still proves whole", async ({
  visit,
  gatehouse,
}) => {
  const { api } = gatehouse;
  const name = unique("Wilhelmina Erasable");
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.com`;
  const person = await api.post<{ id: string }>("/people", {
    ...{ name, email, consoleRole: "member", password: "a password for one journey", roleIds: [] },
  });
  const page = await visit("owner");
  await page.goto(`/audit?range=all&q=${encodeURIComponent(`"${name}" action:person.create`)}`);
  await expect(page.getByRole("link", { name: /^person.create, success/ })).toBeVisible();

  await page.goto(`/people/${person.id}`);
  const erase = page.getByRole("button", { name: "Erase", exact: true });
  await expect(erase).toBeDisabled();
  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  const question = page.getByRole("alertdialog");
  await question.getByRole("button", { name: "Suspend", exact: true }).click();
  await expect(page.getByRole("button", { name: "Activate" })).toBeVisible();
  await erase.click();
  await expect(question.getByText("This cannot be undone.")).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  const confirm = question.getByRole("button", { name: "Erase", exact: true });
  await expect(confirm).toBeDisabled();
  await question.getByRole("textbox").fill(`${name} `.slice(0, -2));
  await expect(confirm).toBeDisabled();
  await question.getByRole("textbox").fill(name);
  await confirm.click();
  await expect(page.getByRole("heading", { name: "Erased person" })).toBeVisible();
  await expect(page.getByText(email)).toHaveCount(0);
  await expect(erase).toHaveCount(0);

  await page.goto(`/audit?range=all&q=${encodeURIComponent(`person:${person.id} action:person.create`)}`);
  await page.getByRole("link", { name: /^person.create, success/ }).click();
  const drawer = page.getByRole("dialog", { name: "person.create" });
  await expect(drawer.getByText("(erased)").first()).toBeVisible();
  await expect(drawer.getByText(name)).toHaveCount(0);
  const found = await api.get<{ items: { action: string }[] }>(
    `/audit?q=${encodeURIComponent(`"${name}" -action:audit.*`)}`,
  );
  expect(found.items).toEqual([]);
});
