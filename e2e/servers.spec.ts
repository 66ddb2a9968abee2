import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test, unique } from "./support/journey";
import { startTickets } from "./support/mcp";
import { freePort } from "./support/process";
import { validate } from "./support/validate";

test("what changed on the server is shown and held: a new tool stays closed, a changed one waits to be accepted", async ({
  visit,
  gatehouse,
}) => {
  const { api, company, url } = gatehouse;
  const port = await freePort();
  const name = unique("Drifting");
  const resource = `http://127.0.0.1:${port}/mcp`;
  const server = await api.post<{ id: string }>("/servers", { name, resource });
  const { key } = await api.post<{ key: string }>(`/servers/${server.id}/keys`, { name: "one" });
  const first = await startTickets({ url, serverKey: key }, { port });
  await api.post(`/servers/${server.id}/tools/import`, { url: resource, assign: "suggested" });
  await first.stop();
  const second = await startTickets({ url, serverKey: key }, { port, extraTool: true });
  try {
    const page = await visit("admin");
    await page.goto(`/servers/${server.id}?tab=tools&import=1`);
    await page.getByRole("button", { name: "Look at its tools" }).click();
    await expect(page.getByRole("region", { name: "New" })).toContainText("reopen_ticket");
    await expect(page.getByRole("region", { name: "Changed since accepted" })).toContainText("list_tickets");
    await page.getByRole("radio", { name: "Leave them closed" }).click();
    await page.getByRole("button", { name: "Import one new tool" }).click();
    const tools = page.getByRole("table", { name: `Tools of ${name}` });
    await expect(tools.getByRole("row", { name: /reopen_ticket/ })).toContainText("nobody may call it");
    await tools.getByRole("button", { name: "list_tickets: changed on the server. Review" }).click();
    await expect(page.getByRole("dialog")).toContainText("Lists all open tickets, with their titles");

    const role = await api.post<{ id: string }>("/roles", {
      name: unique("All of it"),
      scopes: ["*"],
      serverIds: [server.id],
    });
    const agent = await api.post<{ id: string }>("/agents", {
      ...{ name: unique("Robot"), kind: "machine", ownerId: company.people.admin.id, roleIds: [role.id] },
    });
    const { token } = await api.post<{ token: string }>("/tokens", {
      ...{ name: unique("Robot's"), agentId: agent.id, roleId: role.id, serverIds: [server.id] },
    });
    expect(await validate(url, key, { token, tool: "reopen_ticket" })).toMatchObject({
      decision: "deny",
      reason: "unknown_tool",
    });
  } finally {
    await second.stop();
  }
});

/** A server that sends every caller elsewhere. */
async function redirecting(): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(302, { location: "http://127.0.0.1:1/mcp" }).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` };
}

async function expectRefusedImport(page: Page, address: string) {
  const field = page.getByLabel("Address of its MCP endpoint");
  await field.fill(address);
  await page.getByRole("button", { name: /^Look/ }).click();
  const told = page.getByRole("dialog").getByRole("alert").filter({ hasText: /\S/ });
  await expect(told).toHaveCount(1);
  await expect(told).not.toContainText(/Error:|ECONN|undici|at .*\.(js|ts)/);
  await expect(field).toHaveValue(address);
}

test("an import that cannot be is one clear sentence, and keeps what was typed", async ({ visit, gatehouse }) => {
  const elsewhere = await redirecting();
  try {
    const page = await visit("admin");
    await page.goto(`/servers/${gatehouse.company.server.id}?tab=tools&import=1`);
    await expectRefusedImport(page, `http://127.0.0.1:${await freePort()}/mcp`);
    await expectRefusedImport(page, elsewhere.url);
    await expectRefusedImport(page, "http://169.254.169.254/latest/meta-data/");
  } finally {
    elsewhere.server.close();
  }
});

test("a scope is made that an admin must agree to, and asks nobody any more when that is taken back", async ({
  visit,
  gatehouse,
}) => {
  const { api } = gatehouse;
  const resource = `https://${unique("asking").replace(" ", "-")}.example.com/mcp`;
  const { id } = await api.post<{ id: string }>("/servers", { name: unique("Asking"), resource });
  const page = await visit("admin");
  await page.goto(`/servers/${id}`);
  await page.getByRole("button", { name: "Add a scope" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("vault:open");
  await dialog.getByRole("checkbox", { name: "An admin must agree" }).check();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id: rule }) => rule)).toEqual([]);
  await dialog.getByRole("button", { name: "Add scope" }).click();
  const row = page.getByRole("table", { name: "Scopes" }).getByRole("row", { name: /vault:open/ });
  await expect(row).toContainText("an admin must agree");
  const read = async () => (await api.get<{ items: object[] }>(`/scopes?serverId=${id}`)).items;
  expect(await read()).toMatchObject([{ name: "vault:open", needsApproval: true }]);

  await row.getByRole("button", { name: "Actions for vault:open" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await dialog.getByRole("checkbox", { name: "An admin must agree" }).uncheck();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row).not.toContainText("an admin must agree");
  expect(await read()).toMatchObject([{ name: "vault:open", needsApproval: false }]);
});
