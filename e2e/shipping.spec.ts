import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { entriesAbout } from "./support/entries";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { WebhookReceiver } from "./support/webhook-receiver";

async function expectNoFault(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

const mint = ({ api, company }: Gatehouse) =>
  api.post<{ id: string }>("/tokens", {
    ...{ name: unique("Shipped"), personId: company.people.member.id, roleId: company.roles.reader.id },
    ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
  });

const lineOf = (page: Page, name: string) =>
  page.getByRole("list", { name: "Shipping the log" }).getByRole("listitem").filter({ hasText: name });

/** The keeper ships in the background: the page is read anew until it says so. */
async function soon(page: Page, line: Locator, words: string | RegExp) {
  await expect(
    async () => {
      await page.reload();
      await expect(line).toContainText(words, { timeout: 500 });
    },
    `the card says ${String(words)}`,
  ).toPass({ timeout: 40_000 });
}

async function choose(page: Page, line: Locator, item: string | RegExp) {
  const menu = line.getByRole("button", { name: /^More about/ });
  await expect(async () => {
    await menu.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: item })).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.getByRole("menuitem", { name: item }).click();
}

/** The signing secret stands in the dialog this once. */
async function readSecret(page: Page): Promise<string> {
  const told = page.getByRole("dialog", { name: /^The signing secret of/ });
  await told.getByRole("button", { name: "Show" }).click();
  const secret = (await told.getByLabel("Signing secret").textContent()) ?? "";
  await expectNoFault(page);
  await told.getByRole("button", { name: "Done" }).click();
  return secret;
}

let receiver: WebhookReceiver;
test.beforeEach(async () => {
  receiver = await WebhookReceiver.begin();
});
test.afterEach(() => receiver.end());

test("the log is shipped to a receiver in one's own network: set up, tested, paused, refused, sent again, replayed, removed", async ({
  visit,
  gatehouse,
}) => {
  const page = await visit("admin");
  const name = unique("Hook");
  await page.goto("/settings");
  const add = page.getByRole("button", { name: "Add a place" });
  await add.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Address").fill(receiver.url);
  await dialog.getByRole("button", { name: "Start shipping" }).click();
  await expect(dialog.getByText("It must be https, unless the place is in your own network.")).toBeVisible();
  await dialog.getByRole("switch", { name: "In our own network" }).click();

  // The query is completed as in the audit log, and its faults are told at their characters, before anything is sent.
  const query = dialog.getByRole("combobox", { name: /^Only what matches/ });
  await query.fill("action:token.mint badge:woke");
  await query.press("Enter");
  await expect(dialog.getByText(/^Badges are given after/)).toBeVisible();
  expect(await query.evaluate((box: HTMLInputElement) => box.value.slice(box.selectionStart ?? 0, box.selectionEnd ?? 0))).toBe("badge:woke"); // prettier-ignore
  await query.fill("acti");
  await expect(dialog.getByRole("option", { name: /^action:/ })).toBeVisible();
  await query.press("Escape");
  await expect(dialog.getByRole("option")).toHaveCount(0);
  await expect(dialog).toBeVisible();
  await query.press("ArrowDown");
  await query.press("ArrowDown");
  await query.press("Enter");
  await query.pressSequentially("token.mint");
  await query.press("Escape");
  await expect(query).toHaveValue("action:token.mint");
  await expectNoFault(page);
  await dialog.getByRole("button", { name: "Start shipping" }).click();
  receiver.secret = await readSecret(page);
  const line = lineOf(page, name);
  await expect(line).toContainText("Only action:token.mint");

  await line.getByRole("button", { name: `Test ${name}` }).click();
  await expect(page.getByText(/^The test event was taken, in \d+ ms/)).toBeVisible();
  expect(receiver.taken).toMatchObject([{ index: null, test: true }]);

  const first = await mint(gatehouse);
  await expect.poll(() => receiver.about(first.id), { timeout: 20_000 }).toHaveLength(1);
  await soon(page, line, "has everything that matches");
  expect(new Set(receiver.taken.slice(1).map(({ body }) => body.action))).toEqual(new Set(["token.mint"]));

  await choose(page, line, "Pause");
  await expect(line).toContainText("paused");
  const second = await mint(gatehouse);
  await soon(page, line, /to look through, the oldest for/);
  expect(receiver.about(second.id)).toEqual([]);

  receiver.says = (entries) => (entries.some(({ body }) => body.target?.id === second.id) ? 422 : 200);
  await choose(page, line, "Resume");
  await soon(page, line, "1 dead letter");
  await choose(page, line, /^Dead letters/);
  await expect(dialog.getByText(/^Entry \d+$/)).toBeVisible();
  await expect(dialog.getByText("It answered 422.")).toBeVisible();
  await expectNoFault(page);
  receiver.says = () => 200;
  await dialog.getByRole("button", { name: "Send all again" }).click();
  await expect.poll(() => receiver.about(second.id), { timeout: 20_000 }).toHaveLength(1);
  await expect(async () => {
    await page.reload();
    await expect(line).not.toContainText("dead letter", { timeout: 500 });
  }).toPass({ timeout: 20_000 });

  await choose(page, line, "Ship again…");
  await dialog.getByRole("radio", { name: "From an entry on" }).click();
  await dialog.getByLabel("Index of the entry").fill(String(receiver.about(first.id)[0]));
  await dialog.getByRole("button", { name: "Ship again" }).click();
  await expect.poll(() => [...receiver.about(first.id), ...receiver.about(second.id)].length, { timeout: 20_000 }).toBe(4); // prettier-ignore

  receiver.says = () => 503;
  await mint(gatehouse);
  await soon(page, line, "It answered 503.");
  await expect(line).toContainText("failing");
  await choose(page, line, "Change");
  await expect(query).toHaveValue("action:token.mint");
  await query.fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(line).not.toContainText("Only action:");
  receiver.says = () => 200;
  await soon(page, line, "has everything, last shipped");

  await choose(page, line, "Remove");
  const question = page.getByRole("alertdialog");
  await expectNoFault(page);
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(line).toHaveCount(0);
  const { api, company } = gatehouse;
  for (const action of ["create", "update", "test", "pause", "resume", "retry", "replay", "delete"])
    expect(await entriesAbout(api, `action=sink.${action}&actor=${company.people.admin.id}`), action).not.toEqual([]);
});

test("on a phone a place is set up and looked at, and nothing sticks out; an auditor sees it and may change nothing", async ({
  visit,
}) => {
  const page = await visit("admin", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  const name = unique("A place with a rather long name that somebody gave it in a hurry");
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add a place" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Address").fill(receiver.url);
  await dialog.getByRole("switch", { name: "In our own network" }).click();
  const query = dialog.getByRole("combobox", { name: /^Only what matches/ });
  await query.fill("outcome:deny,denied,failure OR action:token.*,role.*,person.* OR operation:rem");
  await expect(dialog.getByRole("option", { name: /^remove/ })).toBeInViewport();
  await dialog.getByRole("option", { name: /^remove/ }).click();
  await expectNoFault(page);
  expect(await width()).toBeLessThanOrEqual(390);
  await dialog.getByRole("button", { name: "Start shipping" }).click();
  receiver.secret = await readSecret(page);
  await expect(lineOf(page, name)).toContainText("operation:remove");
  expect(await width()).toBeLessThanOrEqual(390);
  await expectNoFault(page);

  const auditor = await visit("auditor");
  await auditor.goto("/settings");
  await expect(lineOf(auditor, name)).toContainText("Webhook, Gatehouse JSON");
  await expect(auditor.getByRole("button", { name: "Add a place" })).toHaveCount(0);
  await expect(lineOf(auditor, name).getByRole("button")).toHaveCount(0);
});
