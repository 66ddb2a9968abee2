import type { Page } from "@playwright/test";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { validate } from "./support/validate";

type Made = { id: string; token: string };

const ask = ({ url, company }: Gatehouse, token: string, tool = "list_tickets") =>
  validate(url, company.server.key, { token, tool });

async function suspend(page: Page) {
  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Suspend", exact: true }).click();
  await expect(page.getByRole("button", { name: "Activate" })).toBeVisible();
}

test("a scope taken out of a role is denied at the very next call", async ({ visit, gatehouse }) => {
  const { api, company } = gatehouse;
  const role = await api.post<{ id: string }>("/roles", {
    ...{ name: unique("Shrinking role"), scopes: ["tickets:read", "tickets:write"], serverIds: [company.server.id] },
  });
  const agent = await api.post<{ id: string }>("/agents", {
    ...{ name: unique("Robot"), kind: "machine", ownerId: company.people.admin.id, roleIds: [role.id] },
  });
  const { token } = await api.post<Made>("/tokens", {
    ...{ name: unique("Robot's"), agentId: agent.id, roleId: role.id, serverIds: [company.server.id] },
  });
  expect(await ask(gatehouse, token, "close_ticket")).toMatchObject({ decision: "allow" });
  const page = await visit("admin");
  await page.goto(`/roles/${role.id}/edit`);
  await page.getByRole("checkbox", { name: /tickets:write/ }).click();
  await expect(page.getByTestId("role-effect")).toContainText("tickets:write");
  await page.getByRole("button", { name: "Save: 1 loses" }).click();
  await expect(page).toHaveURL(`${gatehouse.url}/roles/${role.id}`);
  expect(await ask(gatehouse, token, "close_ticket")).toMatchObject({ decision: "deny", reason: "insufficient_scope" });
  expect(await ask(gatehouse, token)).toMatchObject({ decision: "allow" });
});

test("a suspended agent's token is denied at once, and allowed again when the agent is activated", async ({
  visit,
  gatehouse,
}) => {
  const { api, company } = gatehouse;
  const agent = await api.post<{ id: string }>("/agents", {
    ...{ name: unique("Robot"), kind: "machine", ownerId: company.people.admin.id, roleIds: [company.roles.reader.id] },
  });
  const { token } = await api.post<Made>("/tokens", {
    ...{ name: unique("Robot's"), agentId: agent.id, roleId: company.roles.reader.id, serverIds: [company.server.id] },
  });
  expect(await ask(gatehouse, token)).toMatchObject({ decision: "allow" });
  const page = await visit("admin");
  await page.goto(`/agents/${agent.id}`);
  await suspend(page);
  expect(await ask(gatehouse, token)).toMatchObject({ active: false, reason: "agent_suspended" });
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByRole("button", { name: "Suspend", exact: true })).toBeVisible();
  expect(await ask(gatehouse, token)).toMatchObject({ decision: "allow" });
});

test("a suspended person's token is denied at once, and allowed again when they are activated", async ({
  visit,
  gatehouse,
}) => {
  const { api, company } = gatehouse;
  const name = unique("Leaver");
  const person = await api.post<{ id: string }>("/people", {
    ...{ name, email: `${name.toLowerCase().replaceAll(" ", ".")}@example.com`, consoleRole: "member" },
    ...{ password: "a password for one journey", roleIds: [company.roles.reader.id] },
  });
  const { token } = await api.post<Made>("/tokens", {
    ...{ name: unique("Leaver's"), personId: person.id, roleId: company.roles.reader.id },
    serverIds: [company.server.id],
  });
  expect(await ask(gatehouse, token)).toMatchObject({ decision: "allow" });
  const page = await visit("owner");
  await page.goto(`/people/${person.id}`);
  await suspend(page);
  expect(await ask(gatehouse, token)).toMatchObject({ active: false, reason: "person_suspended" });
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByRole("button", { name: "Suspend", exact: true })).toBeVisible();
  expect(await ask(gatehouse, token)).toMatchObject({ decision: "allow" });
});
