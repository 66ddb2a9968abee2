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
