import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { OAuthAppV1 } from "./support/oauth-client-v1";
import { fillSignIn } from "./support/sign-in";
import { foundTickets } from "./support/tickets";

test.setTimeout(180_000);

/** Whoever has a client's refresh token presents it. */
const present = (gatehouse: Gatehouse, app: OAuthAppV1, refreshToken: string) =>
  fetch(`${gatehouse.url}/oauth/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      ...{ grant_type: "refresh_token", client_id: app.client?.client_id ?? "", refresh_token: refreshToken },
    }).toString(),
  });

/** The app exchanges its refresh token, as it does when its access token is not good any more. */
async function goOn(app: OAuthAppV1) {
  app.saveTokens({ ...app.saved, access_token: "not a token any more", token_type: "Bearer" });
  expect(await app.callTool("list_tickets")).toEqual({ text: "Refund for order 1042" });
}

async function expectNoFault(page: Page) {
  await page.waitForLoadState("networkidle");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
}

test("a stolen older refresh token ends the access with its first use, and both the person and the admins are told until they have seen it", async ({
  visit,
  gatehouse,
}) => {
  const { server, person, tickets } = await foundTickets(gatehouse);
  const name = unique("Desk assistant");
  const app = await OAuthAppV1.start(name, tickets.url);
  try {
    await app.callTool("list_tickets");
    const page = await visit("nobody", { reducedMotion: "reduce" });
    await page.goto(app.authorizeUrl?.href ?? "about:blank");
    await fillSignIn(page, person);
    await page.getByRole("button", { name: "Allow" }).click();
    await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
    await app.finish(gatehouse.url);
    const stolen = app.saved?.refresh_token ?? "";

    await page.goto(`${gatehouse.url}/notices`);
    await expect(page.getByText("Nothing to tell")).toBeVisible();
    await expectNoFault(page);
    await goOn(app);
    await goOn(app);
    expect((await present(gatehouse, app, stolen)).status).toBe(400);
    expect(await app.callTool("list_tickets"), "the very next call").toEqual({
      refused: "UnauthorizedError: Unauthorized",
    });

    // The person: a mark in the frame, a word on the account, and a list that keeps it.
    await page.goto(`${gatehouse.url}/account`);
    await expect(page.getByRole("link", { name: "Notices, 1 new" })).toBeVisible();
    const told = page.getByRole("listitem").filter({ hasText: `old refresh token of ${name} on ${server.name}` });
    await expect(told).toContainText("127.0.0.1. Its access was ended.");
    await expect(told).toContainText(`connect ${name} again`);
    await expect(told.getByRole("link", { name: "In the log" })).toHaveCount(0);
    await expectNoFault(page);
    await told.getByRole("button", { name: `Mark the notice about ${name} as seen` }).click();
    await expect(told).toHaveCount(0);
    const mark = page.getByRole("link", { name: "Notices", exact: true });
    await mark.click();
    await expect(page.getByText("Everything was seen.")).toBeVisible();
    await expect(told).toContainText("Seen");
    await told.getByRole("link", { name: "What it was allowed" }).click();
    await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("used a second time");

    // The admins: still new for them, with the way to the log; whoever marks it first does so for all.
    const admin = await visit("admin", { colorScheme: "dark", reducedMotion: "reduce" });
    await admin.goto("/");
    const toAdmins = admin.getByRole("listitem").filter({ hasText: `old refresh token of ${name}` });
    await expect(toAdmins).toContainText(`acted for ${person.name} on ${server.name}`);
    await expectNoFault(admin);
    await toAdmins.getByRole("link", { name: "In the log" }).click();
    await expect(admin.getByRole("link", { name: /^oauth.reuse, denied/ })).toBeVisible();
    const small = await visit("admin", { viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
    await small.goto("/");
    await small.getByRole("link", { name: /^Notices, \d+ new$/ }).click();
    await expect(small.getByRole("heading", { level: 1, name: "Notices" })).toBeVisible();
    await expectNoFault(small);
    expect(await small.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const here = small.getByRole("listitem").filter({ hasText: `old refresh token of ${name}` });
    await here.getByRole("button", { name: /^Mark the notice/ }).click();
    await expect(here).toContainText(/Seen by/);
    await admin.goto("/");
    await expect(admin.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await expect(toAdmins).toHaveCount(0);

    const { items } = await gatehouse.api.get<{ items: { agent: { name: string }; to: string; seenAt: string }[] }>(
      "/notices?seen=true&limit=200",
    );
    expect(items.filter(({ agent }) => agent.name === name)).toMatchObject([{ to: "admins" }]);
  } finally {
    await app.stop();
    await tickets.stop();
  }
});
