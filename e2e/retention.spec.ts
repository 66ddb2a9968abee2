import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { entriesAbout } from "./support/entries";
import { expect, test } from "./support/journey";

async function expectNoFault(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
}

test("an owner says how long the log is kept, holds a time and a partition, and releases with a reason; an auditor only looks", async ({
  visit,
  gatehouse,
}) => {
  const { api } = gatehouse;
  const page = await visit("owner");
  await page.goto("/settings");
  await expect(page.getByText("Entries stay for ever.")).toBeVisible();
  await page.getByRole("link", { name: "Partitions and holds" }).click();
  await expect(page.getByRole("heading", { name: "Keeping the log" })).toBeVisible();
  await expect(page.getByText("Nothing is held")).toBeVisible();
  await expectNoFault(page);

  await page.getByRole("button", { name: "Change how long the log is kept" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("For so many days at least").click();
  await dialog.getByRole("textbox", { name: "Days" }).fill("7");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText(/must be at least 30 days/)).toBeVisible();
  await dialog.getByRole("textbox", { name: "Days" }).fill("365");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("365 days at least")).toBeVisible();
  await expect(page.getByText("Archives have no folder")).toBeVisible();
  expect(await api.get("/audit/retention")).toMatchObject({ days: 365, hasFolder: false });

  await page.getByRole("button", { name: "Place a hold" }).click();
  await dialog.getByLabel("From").fill("2026-03-01T00:00");
  await dialog.getByLabel("Reason").fill("Case 4711");
  await expectNoFault(page);
  await dialog.getByRole("button", { name: "Hold", exact: true }).click();
  const holds = page.getByRole("list", { name: "Legal holds" });
  await expect(holds).toContainText("everything from 2026-02-28 23:00 on"); // Berlin is an hour ahead
  const table = page.getByRole("table", { name: "Partitions of the log" });
  await expect(table.getByText("written now")).toBeVisible();

  await table.getByRole("button", { name: /^Hold / }).first().click();
  await dialog.getByLabel("Reason").fill("Case 4712");
  await dialog.getByRole("button", { name: "Hold", exact: true }).click();
  await expect(holds.getByRole("listitem")).toHaveCount(2);

  await page.getByRole("button", { name: "Release Case 4711" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByLabel("Reason").fill("The case is closed");
  await question.getByRole("button", { name: "Release" }).click();
  await expect(holds.getByRole("listitem")).toHaveCount(1);
  expect(await entriesAbout(api, "action=hold.release&outcome=success")).toHaveLength(1);

  const auditor = await visit("auditor");
  await auditor.goto("/settings/log");
  await expect(auditor.getByText("365 days at least")).toBeVisible();
  await expect(auditor.getByRole("button", { name: /Hold|Release|Change how long/ })).toHaveCount(0);
}); // prettier-ignore
