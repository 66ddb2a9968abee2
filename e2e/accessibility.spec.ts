import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";

/** Every page of the console, with one of each thing to look at. */
async function everyPage({ api, company }: Gatehouse): Promise<string[]> {
  const agent = await api.post<{ id: string }>("/agents", {
    ...{ name: unique("Assistant"), kind: "interactive", ownerId: company.people.member.id },
  });
  const token = await api.post<{ id: string }>("/tokens", {
    ...{ name: unique("Looked at"), personId: company.people.member.id, agentId: agent.id },
    ...{ roleId: company.roles.editor.id, serverIds: [company.server.id], expiresInSeconds: 86_400 },
  });
  await api.post(`/agents/${agent.id}/client`, {
    ...{ authMethod: "client_secret_basic", redirectUris: ["https://assistant.example.com/callback"] },
  });
  await api.post(`/agents/${agent.id}/secrets`);
  await api.post(`/tokens/${token.id}/rotate`, { overlapSeconds: 3600 });
  const server = `/servers/${company.server.id}`;
  return [
    ...["/", "/tokens", "/tokens/new", `/tokens/${token.id}`, "/tokens?q=nothing-is-called-so"],
    ...["/servers", "/servers/new", server],
    ...["tools", "keys", "access", "connect", "tools&import=1", "keys&issue=1"].map((tab) => `${server}?tab=${tab}`),
    ...["/roles", "/roles/new", `/roles/${company.roles.editor.id}`, `/roles/${company.roles.editor.id}/edit`],
    ...["/people", "/people?new=1", `/people/${company.people.member.id}`],
    ...[
      "/agents",
      "/agents?new=1",
      `/agents/${agent.id}`,
      "/agents/connected",
      "/agents/approvals",
      "/settings",
      "/settings/log",
    ],
    ...["/audit?range=all", "/account", "/notices", "/nowhere-at-all"],
  ];
}

/** What axe finds serious on the page as it is now, one line for each place. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`));
}

async function settle(page: Page, path: string) {
  await page.goto(path);
  // An open dialog hides the page from assistive technology, and brings a heading of its own.
  await expect(page.getByRole("heading").first()).toBeVisible();
  await page.waitForLoadState("networkidle");
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test.use({ tolerated: [/status of 404.*nowhere-at-all/] });

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`no page has a serious fault, and none scrolls sideways: ${colorScheme}, ${width} px`, async ({
      visit,
      gatehouse,
    }) => {
      test.setTimeout(420_000);
      const options = { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" } as const;
      const faults: string[] = [];
      const look = async (page: Page, paths: readonly string[]) => {
        for (const path of paths) {
          await settle(page, path);
          for (const fault of await findings(page)) faults.push(`${path}: ${fault}`);
          const sideways = await overflow(page);
          if (sideways > 0) faults.push(`${path}: scrolls sideways by ${sideways} px`);
        }
      };
      await look(await visit("owner", options), await everyPage(gatehouse));
      await look(await visit("nobody", options), [
        "/sign-in",
        "/invite#nothing",
        "/reset#nothing",
        "/first-run#nothing",
      ]);
      expect(faults).toEqual([]);
    });
  }
}

test("an open audit entry has no serious fault", async ({ visit }) => {
  const page = await visit("auditor");
  await settle(page, "/audit?range=all");
  await page
    .getByRole("link", { name: /^session.sign_in, success/ })
    .first()
    .click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await findings(page)).toEqual([]);
});

test("a token is minted with the keyboard alone", async ({ visit, gatehouse }) => {
  const page = await visit("admin");
  await page.goto("/tokens");
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { level: 1, name: "Mint a token" })).toBeVisible();
  const tabTo = async (name: string) => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press("Tab");
      const reached = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement | null;
        const label = at?.id ? document.querySelector(`label[for="${CSS.escape(at.id)}"]`)?.textContent : null;
        return at?.getAttribute("aria-label") ?? label ?? at?.textContent ?? "";
      });
      if (reached.trim() === name) return;
    }
    throw new Error(`${name} is not reached by the Tab key`);
  };
  await tabTo("Role");
  await page.keyboard.press("Enter");
  await page.keyboard.type(gatehouse.company.roles.reader.name);
  await page.keyboard.press("Enter");
  await tabTo("Name");
  const name = unique("By keyboard");
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`${name} is minted`)).toBeVisible();
  await tabTo("Show");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Token", { exact: true })).toHaveText(/^gth_ro_/);
});

test("closing a dialog gives the focus back to what opened it, be it a button or a menu", async ({
  visit,
  gatehouse,
}) => {
  const { company } = gatehouse;
  const page = await visit("admin");
  await page.goto(`/servers/${company.server.id}`);
  const edit = page.getByRole("main").getByRole("button", { name: "Edit", exact: true });
  await edit.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(edit).toBeFocused();

  await page.goto("/tokens");
  const more = page.getByRole("button", { name: "More", exact: true });
  await more.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Emergency: revoke everything" }).press("Enter");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(more).toBeFocused();
});
