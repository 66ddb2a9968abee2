import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { Device } from "./support/device";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { newPerson, PASSWORD } from "./support/people";
import { endAccess } from "./support/revoke";
import { fillSignIn } from "./support/sign-in";
import { validate } from "./support/validate";

test.setTimeout(180_000);

/** An agent that an admin lets ask for devices, one that runs it, and somebody whose role gives all of the company's server. */
async function foundDevice(gatehouse: Gatehouse) {
  const { api, company, url } = gatehouse;
  const person = await newPerson(gatehouse, { password: PASSWORD, roleIds: [company.roles.editor.id] });
  const name = unique("Wall display");
  const agent = await api.post<{ id: string }>("/agents", { ...{ name, kind: "interactive", ownerId: person.id } });
  const client = { authMethod: "none", redirectUris: [], extraGrants: ["device_code"] };
  await api.post(`/agents/${agent.id}/client`, client);
  return { name, person, agent, device: await Device.start(url, agent.id, "Display/9 (lobby)") };
}

async function expectNoFault(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => `${page.url()}: ${id}`)).toEqual([]);
  const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  expect(await page.evaluate(sideways), "it scrolls sideways").toBeLessThanOrEqual(0);
}

const typeCode = async (page: Page, code: string) => {
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Go on" }).click();
};

for (const [colorScheme, width] of [
  ["light", 1440],
  ["dark", 390],
] as const) {
  test(`a device gets what its person leaves ticked, once they typed its code and saw who asks from where; no page has a fault: ${colorScheme}, ${width} px`, async ({
    visit,
    gatehouse,
  }) => {
    const { company, api, url } = gatehouse;
    const { name, person, agent, device } = await foundDevice(gatehouse);
    const asked = await device.ask(company.server.resource, "tickets:read tickets:write");
    expect(asked.verification_uri).toBe(`${url}/device`);
    expect(await device.poll()).toMatchObject({ error: "authorization_pending" });

    const page = await visit("nobody", { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
    await page.goto(asked.verification_uri);
    await expect(page).toHaveURL(/\/sign-in/);
    await fillSignIn(page, person);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connect a device");
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expectNoFault(page);

    // As people type it, and not as it is shown.
    await typeCode(page, asked.user_code.toLowerCase().replace("-", " "));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name} asks from a device`);
    await expect(page.getByText(asked.user_code, { exact: true })).toBeVisible();
    await expect(page.getByText(device.userAgent)).toBeVisible();
    await expect(page.getByText(/^(127\.0\.0\.1|::1)$/)).toBeVisible();
    await expectNoFault(page);

    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name} wants to use Tickets for you`);
    await expect(page.getByText("A device gets this access, not this browser")).toBeVisible();
    await expectNoFault(page);
    await page.getByRole("checkbox", { name: /tickets:write/ }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connected");
    await expectNoFault(page);

    const given = await device.wait();
    expect(given).toMatchObject({ scope: "tickets:read", refresh_token: expect.any(String) });
    const token = given.access_token ?? "";
    const may = (tool: string) => validate(url, company.server.key, { token, tool });
    expect(await may("list_tickets")).toMatchObject({ decision: "allow" });
    expect(await may("close_ticket")).toMatchObject({ decision: "deny", reason: "insufficient_scope" });

    // They end it where they end every agent's access.
    await page.goto("/account");
    const end = page.getByRole("button", { name: `End ${name}'s access to Tickets` });
    await endAccess(page, end);
    await expect(end).toHaveCount(0);
    expect(await may("list_tickets")).toMatchObject({ decision: "deny", active: false });
    const log = await api.get<{ items: { action: string }[] }>(`/audit?agent=${agent.id}&limit=200`);
    expect(log.items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["grant.give", "oauth.issue", "token.validate", "grant.revoke"]),
    );
  });
}

test("a code that no device shows gets one clear error and gives nothing, and the right one goes on from there", async ({
  visit,
  gatehouse,
}) => {
  const { name, person, device } = await foundDevice(gatehouse);
  const asked = await device.ask(gatehouse.company.server.resource, "tickets:read");
  const page = await visit("nobody");
  await page.goto(asked.verification_uri);
  await fillSignIn(page, person);
  const last = asked.user_code.endsWith("B") ? "C" : "B";
  await typeCode(page, `${asked.user_code.slice(0, -1)}${last}`);
  await expect(page.getByRole("alert")).toHaveCount(1);
  await expect(page.getByRole("alert")).toHaveText("There is no such code.");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connect a device");
  await expect(page.getByText(name)).toHaveCount(0);
  await expectNoFault(page);
  expect(await device.poll()).toMatchObject({ error: "authorization_pending" });

  await typeCode(page, asked.user_code);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name} asks from a device`);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByRole("button", { name: "It is not mine" }).click();
  await expect(page.getByRole("alert")).toHaveText("Refused. The device has been told.");
  expect(await device.wait()).toMatchObject({ error: "access_denied" });
});
