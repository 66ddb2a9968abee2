import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { entriesAbout } from "./support/entries";
import { expect, test, unique } from "./support/journey";

async function expectNoFault(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
}

test("an identity provider is trusted, refused with one sentence for each fault, paused, and removed", async ({
  visit,
  gatehouse,
}) => {
  const { api } = gatehouse;
  const page = await visit("owner");
  await page.goto("/settings");
  await expect(page.getByText("No provider is trusted")).toBeVisible();
  await page.getByRole("button", { name: "Trust a provider" }).click();
  const dialog = page.getByRole("dialog");
  const [issuer, keys] = [dialog.getByLabel("Issuer"), dialog.getByLabel("Address of its keys")];
  await issuer.fill("http://login.example.com");
  await keys.fill("login.example.com/jwks.json");
  await dialog.getByRole("button", { name: "Trust provider" }).click();
  await expect(dialog.getByText("This must be an https address.")).toHaveCount(2);
  await expect(issuer).toHaveValue("http://login.example.com");
  await expect(keys).toHaveValue("login.example.com/jwks.json");
  await expectNoFault(page);
  await issuer.fill("https://login.example.com");
  await keys.fill("https://login.example.com/jwks.json");
  await dialog.getByRole("button", { name: "Trust provider" }).click();
  const line = page.getByRole("listitem").filter({ hasText: "https://login.example.com" });
  await expect(line).toContainText("trusted");
  await expect(line).toContainText("nobody yet");
  const read = async () => (await api.get<{ items: object[] }>("/trusted-issuers")).items;
  expect(await read()).toMatchObject([{ issuer: "https://login.example.com", enabled: true }]);

  await page.getByRole("button", { name: "Trust a provider" }).click();
  await issuer.fill("https://login.example.com");
  await expect(dialog.getByText("This is on the list already.")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await line.getByRole("button", { name: /^Change/ }).click();
  await dialog.getByRole("switch", { name: "Its word counts" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(line).toContainText("paused");
  expect(await read()).toMatchObject([{ enabled: false }]);

  await line.getByRole("button", { name: /^Remove/ }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("no agent gets access by its word");
  await expectNoFault(page);
  await question.getByRole("button", { name: "Remove provider" }).click();
  await expect(page.getByText("No provider is trusted")).toBeVisible();
  expect(await read()).toEqual([]);
  expect(await entriesAbout(api, "action=issuer.remove&outcome=success")).toHaveLength(1);

  const admin = await visit("admin");
  await admin.goto("/settings");
  await expect(admin.getByText("No provider is trusted")).toBeVisible();
  await expect(admin.getByRole("button", { name: "Trust a provider" })).toHaveCount(0);
});

test("what else an agent may do as a client is said in words, set, and taken away with how it proves itself", async ({
  visit,
  gatehouse,
}) => {
  const { api, company } = gatehouse;
  const agent = await api.post<{ id: string }>("/agents", {
    ...{ name: unique("Living-room screen"), kind: "interactive", ownerId: company.people.member.id },
  });
  const page = await visit("admin");
  await page.goto(`/agents/${agent.id}`);
  await page.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog");
  const box = (name: string) => dialog.getByRole("checkbox", { name });
  const [device, through] = [box("Sign-in for a device without a browser"), box("Acting through another agent")];
  await expect(through).toBeDisabled();
  await device.check();
  await dialog.getByRole("radio", { name: /in the header/ }).click();
  await through.check();
  await expectNoFault(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  const main = page.getByRole("main");
  await expect(main).toContainText("Sign-in for a device without a browser");
  await expect(main).toContainText("Both agents stand in the token and the log.");
  const read = async () => (await api.get<{ grantTypes: string[] }>(`/agents/${agent.id}/client`)).grantTypes.sort();
  const urn = "urn:ietf:params:oauth:grant-type:";
  expect(await read()).toEqual(["refresh_token", `${urn}device_code`, `${urn}token-exchange`]);

  await page.getByRole("button", { name: "Change", exact: true }).click();
  await expect(device).toBeChecked();
  await dialog.getByRole("radio", { name: "Not at all" }).click();
  await expect(through).not.toBeChecked();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(main).not.toContainText("Acting through another agent");
  expect(await read()).toEqual(["refresh_token", `${urn}device_code`]);
});

test("a client secret tells when it is due, is overdue by a shorter policy, and is refused only where the settings say so", async ({
  visit,
  gatehouse,
}) => {
  const { api, company } = gatehouse;
  const name = unique("Old hand");
  const agent = await api.post<{ id: string }>("/agents", {
    ...{ name, kind: "machine", ownerId: company.people.owner.id },
  });
  await api.post(`/agents/${agent.id}/client`, { authMethod: "client_secret_basic" });
  const issued = await api.post<{ id: string; secret: string }>(`/agents/${agent.id}/secrets`);
  await gatehouse.sql("UPDATE client_secret SET created_at = now() - interval '40 days' WHERE id = $1", [issued.id]);
  const ask = () =>
    fetch(`${gatehouse.url}/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${agent.id}:${issued.secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", resource: company.server.resource }),
    }).then(async (answer) => ((await answer.json()) as { error?: string }).error ?? "none");
  const page = await visit("owner");
  try {
    await page.goto(`/agents/${agent.id}`);
    const secrets = page.getByRole("region", { name: "Client secrets" });
    await expect(secrets).toContainText("due to be replaced");
    await expect(secrets).not.toContainText("overdue");
    await gatehouse.sql("UPDATE client_secret SET created_at = now() - interval '89.5 days' WHERE id = $1", [
      issued.id,
    ]);
    await page.reload();
    await expect(secrets.getByText("due in 1 day", { exact: true })).toBeVisible();
    await page.goto("/");
    await expect(page.getByRole("link", { name: new RegExp(name) })).toContainText("due in 1 day");
    await gatehouse.sql("UPDATE client_secret SET created_at = now() - interval '40 days' WHERE id = $1", [issued.id]);

    await page.goto("/settings");
    const card = page.getByRole("group", { name: "Client secrets" });
    const save = page.locator("section", { has: card }).getByRole("button", { name: "Save" });
    const days = card.getByLabel("Replace after (days)");
    await days.fill("1.5");
    await save.click();
    await expect(card.getByRole("alert")).toContainText("must be a whole number of days");
    await expect(days).toHaveValue("1.5");
    await days.fill("30");
    await save.click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await expectNoFault(page);
    expect(await ask(), "it is overdue, and still counts").not.toBe("invalid_client");

    await page.goto("/");
    await page.getByRole("link", { name: new RegExp(name) }).click();
    await expect(secrets).toContainText("overdue");
    await expectNoFault(page);

    await page.goto("/settings");
    await card.getByRole("switch", { name: "Refuse secrets that are overdue" }).click();
    await save.click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    expect(await ask()).toBe("invalid_client");
    const [refused] = await entriesAbout(api, "action=oauth.refuse&outcome=denied");
    expect(JSON.stringify(refused)).toContain("the client secret is overdue");
  } finally {
    await api.patch("/policy", { secretRotationDays: 90, refuseOverdueSecrets: false });
  }
});
