import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test, unique } from "./support/journey";
import type { OAuthApp } from "./support/oauth-client";
import { OAuthAppV1 } from "./support/oauth-client-v1";
import { OAuthAppV2 } from "./support/oauth-client-v2";
import { readSecret } from "./support/mint";
import { endAccess } from "./support/revoke";
import { tablesThatHold } from "./support/secrets";
import { fillSignIn } from "./support/sign-in";
import { foundTickets } from "./support/tickets";

test.setTimeout(180_000);

/** The browser goes where the app sends it; the person answers there. */
async function openConsent(page: Page, app: OAuthApp) {
  await page.goto(app.authorizeUrl?.href ?? "about:blank");
}

for (const { sdk, App, unauthorized, forbidden } of [
  { sdk: 1, App: OAuthAppV1, unauthorized: "UnauthorizedError: Unauthorized", forbidden: "403" },
  // The second version turns to the person by itself, and says the same of both.
  { sdk: 2, App: OAuthAppV2, unauthorized: "UnauthorizedError: Unauthorized", forbidden: "UnauthorizedError" },
] as const)
  test(`an MCP client of SDK v${sdk} finds the server's sign-in by itself, gets what the person leaves ticked, refreshes, steps up, and is cut off when they end it`, async ({
    visit,
    gatehouse,
  }) => {
    const { server, person, tickets } = await foundTickets(gatehouse, sdk);
    const name = unique("Desk assistant");
    const app = await App.start(name, tickets.url);
    try {
      // It knows the server's address alone: the 401 leads it to the metadata, and there it registers itself.
      expect(await app.callTool("list_tickets")).toEqual({ refused: unauthorized });
      expect(app.client?.client_id).toMatch(/^agt_/);
      expect(app.authorizeUrl?.origin).toBe(gatehouse.url);
      expect(app.authorizeUrl?.searchParams.get("resource")).toBe(tickets.url);

      const page = await visit("nobody");
      await openConsent(page, app);
      await expect(page).toHaveURL(/\/sign-in/);
      await fillSignIn(page, person);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name} wants to use ${server.name} for you`);
      await expect(page.getByText("Anybody can use this name")).toBeVisible();
      await expect(page.getByText(new URL(app.redirectUrl).host)).toBeVisible();
      await expect(page.getByText("at most 365 days, and 30 days without use")).toBeVisible();
      const write = page.getByRole("checkbox", { name: /Close tickets/ });
      await expect(write).toBeChecked();
      await write.click();
      await page.getByRole("button", { name: "Allow" }).click();
      await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
      await app.finish(gatehouse.url);

      expect(app.saved?.scope?.split(" ")).toEqual(["tickets:read"]);
      expect(await app.listTools()).toEqual(["list_tickets", "close_ticket"]);
      expect(await app.callTool("list_tickets")).toEqual({ text: "Refund for order 1042" });

      // An access token that is no longer good is exchanged without the person.
      const first = { ...app.saved };
      app.saveTokens({ ...first, access_token: "not a token any more", token_type: "Bearer" });
      expect(await app.callTool("list_tickets")).toEqual({ text: "Refund for order 1042" });
      expect(app.saved?.refresh_token).not.toBe(first.refresh_token);

      // What was not ticked is refused by its name; the app asks for both together.
      expect(await app.callTool("close_ticket", { id: 1 })).toMatchObject({
        refused: expect.stringContaining(forbidden),
      });
      expect(app.challenged).toEqual(["tickets:read", "tickets:write"]);
      await app.stepUp();
      await openConsent(page, app);
      await expect(page.getByRole("checkbox", { name: /See tickets/ })).toBeChecked();
      await page.getByRole("button", { name: "Allow" }).click();
      await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
      await app.finish(gatehouse.url);
      expect(await app.callTool("close_ticket", { id: 1 })).toEqual({ text: "closed 1" });

      // Both consents stand on the account page. What is taken out of one is refused with the next call, and the rest is not.
      await page.goto(`${gatehouse.url}/account`);
      await page.getByRole("button", { name: `Change ${name}'s access to ${server.name}` }).click();
      const less = page.getByRole("dialog", { name: `What ${name} may do on ${server.name}` });
      await expect(less.getByRole("button", { name: "Take out" })).toHaveAttribute("aria-disabled", "true");
      await less.getByRole("checkbox", { name: "tickets:write" }).click();
      await less.getByRole("button", { name: "Take out" }).click();
      await expect(less).toBeHidden();
      expect(await app.callTool("list_tickets")).toEqual({ text: "Refund for order 1042" });
      expect(await app.callTool("close_ticket", { id: 1 })).toMatchObject({ refused: expect.stringContaining("403") });

      // Ending them is in force with the next call, too.
      const end = page.getByRole("button", { name: `End ${name}'s access to ${server.name}` });
      await expect(end).toHaveCount(2);
      for (const left of [1, 0]) {
        await endAccess(page, end.first());
        await expect(end).toHaveCount(left);
      }
      const token = app.saved?.access_token ?? "";
      expect(await app.callTool("list_tickets")).toEqual({ refused: unauthorized });
      expect(app.saved, "its refresh token is worth nothing either").toBeUndefined();

      const log = await gatehouse.api.get<{ items: { action: string; outcome: string; reason: string | null }[] }>(
        `/audit?agent=${app.client?.client_id ?? ""}&limit=200`,
      );
      const told = log.items.map(({ action, outcome, reason }) => `${action} ${outcome} ${reason ?? ""}`.trim());
      expect(told).toEqual(
        expect.arrayContaining([
          ...["client.register success", "grant.give success", "oauth.issue success", "oauth.refresh success"],
          ...["token.validate allow ok", "token.validate deny insufficient_scope", "grant.revoke success"],
        ]),
      );
      for (const hidden of [token, first.refresh_token ?? "no refresh token"])
        expect(await tablesThatHold(gatehouse, hidden), "tables").toEqual([]);
    } finally {
      await app.stop();
      await tickets.stop();
    }
  });

test("a person who refuses gives nothing, and the client is told so", async ({ visit, gatehouse }) => {
  const { person, tickets } = await foundTickets(gatehouse);
  const app = await OAuthAppV1.start(unique("Unwanted"), tickets.url);
  try {
    await app.callTool("list_tickets");
    const page = await visit("nobody");
    await openConsent(page, app);
    await fillSignIn(page, person);
    await expect(page.getByRole("button", { name: "Refuse" })).toBeVisible();
    const asked = page.url();
    await page.getByRole("button", { name: "Refuse" }).click();
    await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
    expect(app.callback.came.at(-1)?.searchParams.get("error")).toBe("access_denied");
    expect(app.saved).toBeUndefined();
    const grants = await gatehouse.api.get<{ items: unknown[] }>(`/grants?personId=${person.id}`);
    expect(grants.items).toEqual([]);
    await page.goto(asked);
    await expect(page.getByRole("heading", { name: "This request cannot be answered" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Allow" })).toHaveCount(0);
  } finally {
    await app.stop();
    await tickets.stop();
  }
});

for (const [colorScheme, width] of [
  ["light", 1440],
  ["dark", 390],
] as const) {
  test(`a person answers with the keyboard alone, and the page has no serious fault: ${colorScheme}, ${width} px`, async ({
    visit,
    gatehouse,
  }) => {
    const { person, tickets } = await foundTickets(gatehouse);
    const app = await OAuthAppV1.start(unique("Keyboard"), tickets.url);
    try {
      await app.callTool("list_tickets");
      const page = await visit("nobody", { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
      await openConsent(page, app);
      await fillSignIn(page, person);
      await expect(page.getByRole("button", { name: "Allow" })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const tabTo = async (target: Locator) => {
        for (let step = 0; step < 20; step += 1) {
          await page.keyboard.press("Tab");
          if (await target.evaluate((element) => element === document.activeElement)) return;
        }
        throw new Error("it is not reached by the Tab key");
      };
      const write = page.getByRole("checkbox", { name: /Close tickets/ });
      await tabTo(write);
      await page.keyboard.press("Space");
      await expect(write).not.toBeChecked();
      await tabTo(page.getByRole("button", { name: "Allow" }));
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { name: "Back in the app" })).toBeVisible();
      await app.finish(gatehouse.url);
      expect(app.saved?.scope?.split(" ")).toEqual(["tickets:read"]);
    } finally {
      await app.stop();
      await tickets.stop();
    }
  });
}

test("the settings decide who may register, an agent becomes a client with a secret told once, and strangers are found in the list", async ({
  visit,
  gatehouse,
}) => {
  const page = await visit("owner");
  await page.goto("/settings");
  const card = page.getByRole("group", { name: "Agents that register themselves" });
  const save = page.locator("section", { has: card }).getByRole("button", { name: "Save" });
  await card.getByLabel("Places").fill("localhost\n127.0.0.1\nhttps://claude.ai");
  await save.click();
  await expect(card.getByRole("alert")).toContainText("https://claude.ai must be a host's name alone");
  await card.getByLabel("Places").fill("localhost\n127.0.0.1\n[::1]\nclaude.ai\ncursor:");
  await save.click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const register = (redirect: string) =>
    fetch(`${gatehouse.url}/oauth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_name: "Stranger", redirect_uris: [redirect] }),
    }).then(({ status }) => status);
  expect([await register("https://evil.example/cb"), await register("cursor://callback/x")]).toEqual([403, 201]);

  const owner = gatehouse.company.people.owner;
  const agent = await gatehouse.api.post<{ id: string }>("/agents", {
    ...{ name: unique("Nightly"), kind: "machine", ownerId: owner.id },
  });
  await page.goto(`/agents/${agent.id}`);
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Issue a secret" }).click();
  await page.getByRole("button", { name: "Issue secret", exact: true }).click();
  const secret = await readSecret(page, "Client secret");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Done" }).click();
  const secrets = page.getByRole("region", { name: "Client secrets" });
  const issued = secrets.getByRole("listitem").filter({ hasText: secret.slice(-4) });
  await expect(issued).toContainText("active");
  const ask = () =>
    fetch(`${gatehouse.url}/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${agent.id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", resource: gatehouse.company.server.resource }),
    }).then(async (answer) => ((await answer.json()) as { error?: string }).error ?? "none");
  expect(await ask(), "it is known, and holds no role yet").not.toBe("invalid_client");
  await issued.getByRole("button", { name: /^Revoke/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke secret" }).click();
  await expect(issued).toContainText("revoked");
  expect(await ask()).toBe("invalid_client");
  expect(await page.content()).not.toContain(secret);

  await page.goto("/agents?origin=dynamic&unowned=true");
  await expect(page.getByRole("row", { name: /Stranger.*registered itself.*nobody/ })).toBeVisible();
});
