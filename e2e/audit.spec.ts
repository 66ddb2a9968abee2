import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { entriesAbout } from "./support/entries";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { validate } from "./support/validate";

type Made = { id: string; token: string; name: string };

/** A token with one allowed and two denied calls: five entries with its minting and revoking. */
async function tokenWithHistory({ url, api, company }: Gatehouse): Promise<Made> {
  const name = unique("History");
  const made = await api.post<{ id: string; token: string }>("/tokens", {
    ...{ name, personId: company.people.member.id, roleId: company.roles.reader.id },
    ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
  });
  await validate(url, company.server.key, { token: made.token, tool: "list_tickets" });
  await validate(url, company.server.key, { token: made.token, tool: "close_ticket" });
  await api.post(`/tokens/${made.id}/revoke`, { reason: "End of the journey" });
  await validate(url, company.server.key, { token: made.token, tool: "list_tickets" });
  return { ...made, name };
}

async function expectNoFault(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

const rows = (page: Page) => page.getByRole("table", { name: "Audit entries" }).locator("tbody").getByRole("row");

async function download(page: Page, format: "CSV" | "NDJSON"): Promise<string> {
  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: format, exact: true }).click();
  return readFileSync(await (await started).path(), "utf8");
}

test("filters narrow the log to exactly what they say, stand in the address, and are taken away again", async ({
  visit,
  gatehouse,
}) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=all&token=${token.id}`);
  await expect(rows(page)).toHaveCount(5);
  await page.getByRole("link", { name: /^Only deny/ }).click();
  await expect(page).toHaveURL(/outcome%3Adeny/);
  await expect(rows(page)).toHaveCount(2);
  await page.reload();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("link", { name: "Remove outcome:deny" }).click();
  await expect(rows(page)).toHaveCount(5);
  await page.goto(`/audit?range=all&token=${token.id}&action=token.revoke`);
  await expect(rows(page)).toHaveCount(1);
});

test("free text finds words in any part of an entry, and leaves out what is negated", async ({ visit, gatehouse }) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto("/audit?range=all");
  const search = page.getByRole("combobox", { name: "Search in entries" });
  await search.fill(`"${token.name}"`);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(rows(page)).toHaveCount(5);
  await search.fill(`"${token.name}" -insufficient_scope`);
  await search.press("Enter");
  await expect(rows(page)).toHaveCount(4);
  await search.fill("nothing has ever been called this");
  await search.press("Enter");
  await expect(page.getByText("Nothing matches in this range")).toBeVisible();
});

test("the search box completes qualifiers and values by the keyboard, and searches by Enter", async ({
  visit,
  gatehouse,
}) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=all&q=token:${token.id}`);
  const search = page.getByRole("combobox", { name: "Search in entries" });
  await expect(async () => {
    await search.fill(`token:${token.id} outc`);
    await expect(page.getByRole("option", { name: /^outcome:/ })).toBeVisible({ timeout: 1000 });
  }, "the page takes keys").toPass();
  await search.press("ArrowDown");
  await search.press("Enter");
  await search.pressSequentially("de");
  await expect(page.getByRole("option")).toHaveCount(2);
  await search.press("ArrowUp");
  await search.press("ArrowUp");
  await search.press("Enter");
  await expect(search).toHaveValue(`token:${token.id} outcome:deny `);
  await expect(search).toBeFocused();
  await search.press("Enter");
  await expect(rows(page)).toHaveCount(2);
  await expect(page).toHaveURL(/outcome%3Adeny/);
});

test("the search box offers the names of what is there, and Escape closes what it offers", async ({
  visit,
  gatehouse,
}) => {
  const { server } = gatehouse.company;
  const page = await visit("auditor");
  await page.goto("/audit?range=all");
  const search = page.getByRole("combobox", { name: "Search in entries" });
  await expect(async () => {
    await search.fill("");
    await search.fill("tool:close_t");
    await expect(page.getByRole("option", { name: /^close_ticket/ })).toBeVisible({ timeout: 2000 });
  }, `the tools of ${server.id}`).toPass();
  await search.press("Escape");
  await expect(page.getByRole("option")).toHaveCount(0);
  await expect(search).toHaveValue("tool:close_t");
});

test("a faulty query is told under the box in one sentence, and the fault is marked", async ({ visit }) => {
  const page = await visit("auditor");
  await page.goto("/audit?range=all&q=outcome:alow");
  const search = page.getByRole("combobox", { name: "Search in entries" });
  await expect(search).toHaveAccessibleDescription("There is no outcome alow. Did you mean allow?");
  await expect(page.getByRole("table", { name: "Audit entries" })).toHaveCount(0);
  await expect(async () => {
    await search.fill("servr:x refund");
    await search.press("Enter");
    await expect(search).toHaveAccessibleDescription(/Did you mean server:/, { timeout: 1000 });
  }, "the page takes keys").toPass();
  expect(await search.evaluate((box: HTMLInputElement) => box.value.slice(box.selectionStart ?? 0, box.selectionEnd ?? 0))).toBe("servr:"); // prettier-ignore
  await expect(page).toHaveURL(/outcome:alow|outcome%3Aalow/);
});

test("an entry opens beside the list with what it means, its change and its neighbours, and closes by Escape", async ({
  visit,
  gatehouse,
}) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=all&token=${token.id}`);
  await page.getByRole("link", { name: /^token.mint, success/ }).click();
  const drawer = page.getByRole("dialog", { name: "token.mint" });
  await expect(drawer.getByText("A token was minted")).toBeVisible();
  await expect(drawer.getByRole("region", { name: "What changed" })).toContainText(token.name);
  await expect(drawer.getByRole("region", { name: "Lately with the same token" })).toBeVisible();
  await expect(drawer).not.toContainText(token.token);
  await expect(page).toHaveURL(/entry=/);
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(page).not.toHaveURL(/entry=/);
});

test("the log is read with the keyboard: slash searches, j and k walk, Enter opens", async ({ visit, gatehouse }) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=all&token=${token.id}`);
  await expect(rows(page)).toHaveCount(5);
  const search = page.getByRole("combobox", { name: "Search in entries" });
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(search).toBeFocused({ timeout: 500 });
  }, "the page takes keys").toPass();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const second = rows(page).nth(1).getByRole("link");
  await expect(second).toBeFocused();
  await page.keyboard.press("k");
  await expect(rows(page).nth(0).getByRole("link")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("exports hold exactly what the filter shows, never a secret, and are recorded themselves", async ({
  visit,
  gatehouse,
}) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=all&token=${token.id}`);
  await expect(rows(page)).toHaveCount(5);
  const ndjson = await download(page, "NDJSON");
  const entries = ndjson
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { leaf: string; body: { action: string } });
  expect(entries.map(({ body }) => body.action).sort()).toEqual([
    "token.mint",
    "token.revoke",
    "token.validate",
    "token.validate",
    "token.validate",
  ]);
  const csv = (await download(page, "CSV")).trim().split(/\r?\n/);
  expect(csv).toHaveLength(6);
  for (const { leaf } of entries) expect(csv.filter((line) => line.includes(leaf))).toHaveLength(1);
  expect(ndjson + csv.join("\n")).not.toContain(token.token);
  const { auditor } = gatehouse.company.people;
  const exports = await entriesAbout(gatehouse.api, `action=audit.export&actor=${auditor.id}`);
  expect(exports.length).toBeGreaterThanOrEqual(2);
});

test("a member is told that the log is not theirs to see, and the attempt is recorded", async ({
  visit,
  gatehouse,
}) => {
  const page = await visit("member");
  await page.goto("/audit?range=all");
  await expect(page.getByText("You may not see the audit log")).toBeVisible();
  await expect(page.getByRole("table", { name: "Audit entries" })).toHaveCount(0);
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit" })).toHaveCount(0);
  const { member } = gatehouse.company.people;
  const refused = await entriesAbout(gatehouse.api, `action=audit.search&outcome=denied&actor=${member.id}`);
  expect(refused.length).toBeGreaterThanOrEqual(1);
});

test("a value is left out by its facet, and pivoted on from an entry", async ({ visit, gatehouse }) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=all&token=${token.id}`);
  await expect(rows(page)).toHaveCount(5);
  await page.getByRole("link", { name: "Leave out deny", exact: true }).first().click();
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("link", { name: /^token.mint, success/ }).click();
  const drawer = page.getByRole("dialog", { name: "token.mint" });
  await drawer
    .getByRole("button", { name: `What to do with ${token.name}` })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Only entries with it, of all time" }).click();
  await expect(rows(page)).toHaveCount(5);
});

test("the histogram is zoomed into by keyboard", async ({ visit, gatehouse }) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=1h&token=${token.id}`);
  await expect(rows(page)).toHaveCount(5);
  const last = page
    .getByRole("group", { name: /^Entries over time/ })
    .getByRole("button")
    .last();
  await last.focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/created/);
  await expect(rows(page)).toHaveCount(5);
});

test("live tail shows what comes, holds it back while it is paused, and is one reading", async ({
  visit,
  gatehouse,
}) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  await page.goto(`/audit?range=all&token=${token.id}`);
  await expect(rows(page)).toHaveCount(5);
  await page.getByRole("button", { name: "Live", exact: true }).click();
  const ask = () => validate(gatehouse.url, gatehouse.company.server.key, { token: token.token, tool: "list_tickets" });
  await ask();
  await expect(rows(page)).toHaveCount(6);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await ask();
  const news = page.getByRole("button", { name: "1 new", exact: true });
  await expect(news).toBeVisible();
  await expect(rows(page)).toHaveCount(6);
  await news.click();
  await expect(rows(page)).toHaveCount(7);
});

test("a pinned link shows everybody the same entries, whatever was written since", async ({ visit, gatehouse }) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`/audit?range=24h&token=${token.id}`);
  await expect(rows(page)).toHaveCount(5);
  await page.getByRole("button", { name: "Copy link", exact: true }).click();
  await expect(page.getByText("Link copied")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await validate(gatehouse.url, gatehouse.company.server.key, { token: token.token, tool: "list_tickets" });
  const other = await visit("admin");
  await other.goto(link);
  await expect(rows(other)).toHaveCount(5);
  await expect(other.getByText(/^Pinned to the log/)).toBeVisible();
  await other.getByRole("link", { name: "Unpin" }).click();
  await expect(rows(other)).toHaveCount(6);
});

test("a search is saved, shared, and tells when enough entries match", async ({ visit, gatehouse }) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor");
  const name = unique("Watch");
  await page.goto(`/audit?range=all&q=token:${token.id}+outcome:deny`);
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Saved", exact: true }).click();
  await page.getByRole("menuitem", { name: "Save this search…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save this search" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Share it with everybody who may read the log").click();
  await dialog.getByLabel("Tell the admins when entries match").click();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Search saved")).toBeVisible();
  await validate(gatehouse.url, gatehouse.company.server.key, { token: token.token, tool: "list_tickets" });
  const admin = await visit("admin");
  await expect(async () => {
    await admin.goto("/notices");
    await expect(admin.getByText(`“${name}”`)).toBeVisible({ timeout: 500 });
  }, "the keeper tells of it").toPass({ timeout: 30_000 });
});

test("a saved search is renamed, asks anew, is shared, tells otherwise, and is removed", async ({
  visit,
  gatehouse,
}) => {
  const page = await visit("auditor");
  const [name, other] = [unique("Kept"), unique("Renamed")];
  await page.goto("/audit?range=all&q=outcome:deny");
  const menu = page.getByRole("button", { name: "Saved", exact: true });
  const opens = async (item: string) => {
    await expect(async () => {
      await menu.focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("menuitem", { name: item })).toBeVisible({ timeout: 1000 });
    }).toPass();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await opens("Save this search…");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Search saved")).toBeVisible();

  await opens("Change or remove…");
  await dialog.getByRole("button", { name: `Change ${name}` }).click();
  const query = dialog.getByRole("combobox", { name: /^Query/ });
  await expect(query).toHaveValue("outcome:deny");
  await dialog.getByLabel("Name").fill(other);
  await query.fill("outcome:alow");
  await query.press("Enter");
  await expect(dialog.getByText("There is no outcome alow. Did you mean allow?")).toBeVisible();
  await query.fill("outcome:deny,denied");
  await query.press("Escape");
  await dialog.getByLabel("Share it with everybody who may read the log").click();
  await dialog.getByLabel("Tell the admins when entries match").click();
  await dialog.getByLabel("Entries", { exact: true }).fill("5");
  await dialog.getByLabel("Within minutes").fill("60");
  await expectNoFault(page);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Search changed")).toBeVisible();
  const line = dialog.getByRole("listitem").filter({ hasText: other });
  await expect(line).toContainText("outcome:deny,denied");
  await expect(line).toContainText("Tells the admins when 5 entries match within an hour, at most once in an hour");
  await expectNoFault(page);
  const saved = async () =>
    (await gatehouse.api.get<{ items: { id: string; name: string }[] }>("/audit/saved")).items.find((one) => one.name === other); // prettier-ignore
  expect(await saved()).toMatchObject({ shared: true, alert: { threshold: 5, windowSeconds: 3600 } });
  const id = (await saved())?.id ?? "";

  await dialog.getByRole("button", { name: `Remove ${other}` }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("Nobody sees it any more. Its alert ends with it");
  await question.getByRole("button", { name: "Remove search" }).click();
  await expect(page.getByText("Search removed")).toBeVisible();
  await expect(dialog.getByRole("button", { name: `Change ${other}` })).toHaveCount(0);
  expect(await saved()).toBeUndefined();
  const actions = (await entriesAbout(gatehouse.api, `target=${id}`)).map(({ action }) => action);
  expect(actions.filter((action) => action.startsWith("saved_search."))).toEqual(
    ["delete", "update", "create"].map((verb) => `saved_search.${verb}`),
  );
});

test("without script the log is searched by the plain form, and a faulty query is told and kept", async ({
  visit,
  gatehouse,
}) => {
  const token = await tokenWithHistory(gatehouse);
  const page = await visit("auditor", { javaScriptEnabled: false });
  await page.goto("/audit?range=all");
  const search = page.getByRole("combobox", { name: "Search in entries" });
  await search.fill(`token:${token.id} outcome:deny`);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/range=all&q=token/);
  await expect(rows(page)).toHaveCount(2);
  await search.fill(`token:${token.id} outcome:alow`);
  await search.press("Enter");
  await expect(page.getByText("There is no outcome alow. Did you mean allow?")).toBeVisible();
  await expect(search).toHaveValue(`token:${token.id} outcome:alow`);
  await expect(search).toHaveAttribute("aria-invalid", "true");
  await expect(rows(page)).toHaveCount(0);
});
