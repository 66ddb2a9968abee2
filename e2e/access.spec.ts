import type { Page, Request } from "@playwright/test";
import { callApi } from "./support/admin-api";
import { entriesAbout } from "./support/entries";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { confirmRevocation } from "./support/revoke";
import { validate } from "./support/validate";

async function makeToken({ api, company }: Gatehouse, personId: string) {
  const name = unique("Theirs");
  const made = await api.post<{ id: string; token: string }>("/tokens", {
    ...{ name, personId, roleId: company.roles.reader.id },
    ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
  });
  return { ...made, name };
}

const ask = ({ url, company }: Gatehouse, token: string) =>
  validate(url, company.server.key, { token, tool: "list_tickets" });

/** Words of buttons and links that change something. Downloads, filters, sorting, copying and the like are reading. */
const CHANGING =
  /^(mint|revoke|rotate|edit|issue|import|register|create|add|delete|archive|disable|enable|suspend|activate|invite|give|save|accept|finish|take)\b/i;

/** The controls of a page's main part that would change something. */
async function changingControls(page: Page): Promise<string[]> {
  const main = page.getByRole("main");
  const words = await Promise.all([
    main
      .getByRole("button")
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? node.textContent)),
    // A link to the page's own address with another query is a filter, whatever its words (`Add token.mint`).
    main
      .getByRole("link")
      .and(page.locator(":not([href^='/audit?'])"))
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? node.textContent)),
  ]);
  return words
    .flat()
    .map((text) => (text ?? "").trim())
    .filter((text) => CHANGING.test(text));
}

test("an auditor sees every screen, and nowhere a control that would change something", async ({
  visit,
  gatehouse,
}) => {
  test.setTimeout(180_000);
  const { company } = gatehouse;
  const token = await makeToken(gatehouse, company.people.member.id);
  const page = await visit("auditor");
  const found: string[] = [];
  const server = `/servers/${company.server.id}`;
  for (const path of [
    ...["/tokens", `/tokens/${token.id}`, "/servers", server, `${server}?tab=tools`, `${server}?tab=keys`],
    ...["/roles", `/roles/${company.roles.reader.id}`, "/people", `/people/${company.people.member.id}`, "/agents"],
    "/audit?range=all",
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("You may not see")).toHaveCount(0);
    for (const control of await changingControls(page)) found.push(`${path}: ${control}`);
  }
  expect(found).toEqual([]);
});

/** The request of a server action, as the browser sends it. */
const isAction = (request: Request) => request.method() === "POST" && "next-action" in request.headers();

test("an auditor's own POST of a changing server action is refused and recorded", async ({ visit, gatehouse }) => {
  const { people } = gatehouse.company;
  const bait = await makeToken(gatehouse, people.admin.id);
  const target = await makeToken(gatehouse, people.member.id);
  const admin = await visit("admin");
  await admin.goto(`/tokens/${bait.id}`);
  await admin.getByRole("button", { name: "Revoke", exact: true }).click();
  const sent = admin.waitForRequest(isAction);
  await confirmRevocation(admin);
  const request = await sent;

  const auditor = await visit("auditor");
  const answer = await auditor.request.post(`${gatehouse.url}/tokens/${target.id}`, {
    headers: {
      "next-action": request.headers()["next-action"] ?? "",
      accept: "text/x-component",
      "content-type": "text/plain;charset=UTF-8",
      origin: gatehouse.url,
    },
    data: (request.postData() ?? "").replaceAll(bait.id, target.id),
  });
  expect(await answer.text()).toContain("forbidden");
  expect(await ask(gatehouse, target.token)).toMatchObject({ decision: "allow" });
  const refused = await entriesAbout(gatehouse.api, `action=token.revoke&outcome=denied&actor=${people.auditor.id}`);
  expect(refused).toHaveLength(1);
});

test("a server action that comes from another site, or from nowhere, is refused", async ({ visit, gatehouse }) => {
  const { people } = gatehouse.company;
  const bait = await makeToken(gatehouse, people.admin.id);
  const target = await makeToken(gatehouse, people.admin.id);
  const admin = await visit("admin");
  await admin.goto(`/tokens/${bait.id}`);
  await admin.getByRole("button", { name: "Revoke", exact: true }).click();
  const sent = admin.waitForRequest(isAction);
  await confirmRevocation(admin);
  const request = await sent;
  const origins: Record<string, string>[] = [{ origin: "https://evil.example" }, {}];
  for (const origin of origins) {
    await admin.request.post(`${gatehouse.url}/tokens/${target.id}`, {
      headers: {
        "next-action": request.headers()["next-action"] ?? "",
        accept: "text/x-component",
        "content-type": "text/plain;charset=UTF-8",
        ...origin,
      },
      data: (request.postData() ?? "").replaceAll(bait.id, target.id),
    });
    expect(await ask(gatehouse, target.token)).toMatchObject({ decision: "allow" });
  }
});

test("the admin API takes no cookie, and an auditor's admin token changes nothing: both are refused and recorded", async ({
  visit,
  gatehouse,
}) => {
  const { api, company, url } = gatehouse;
  const page = await visit("auditor");
  const body = { name: unique("Smuggled"), resource: "https://smuggled.example.com/mcp" };
  const byCookie = await page.request.post(`${url}/api/v1/servers`, { data: body, headers: { origin: url } });
  expect(byCookie.status()).toBe(401);
  expect((await entriesAbout(api, "action=api.refuse&outcome=denied")).length).toBeGreaterThanOrEqual(1);

  const { auditor } = company.people;
  const roleIds = [company.roles.reader.id, company.roles.editor.id, "rol_gatehouse_admin"];
  await api.patch(`/people/${auditor.id}`, { roleIds });
  const { token } = await api.post<{ token: string }>("/tokens", {
    ...{ name: unique("Auditor's admin token"), personId: auditor.id, roleId: "rol_gatehouse_admin" },
    ...{ serverIds: ["srv_gatehouse"], expiresInSeconds: 3600 },
  });
  expect(await callApi(url, token, "GET", "/servers")).toMatchObject({ status: 200 });
  expect(await callApi(url, token, "POST", "/servers", body)).toMatchObject({
    status: 403,
    body: { code: "forbidden" },
  });
  const refused = await entriesAbout(api, "action=server.create&outcome=denied");
  expect(refused.some((entry) => JSON.stringify(entry).includes(auditor.id))).toBe(true);
  expect((await api.get<{ items: unknown[] }>(`/servers?q=${encodeURIComponent(body.name)}`)).items).toEqual([]);
});

test.describe("a member", () => {
  test.use({ tolerated: [/status of 404/] });

  test("sees their own tokens alone; another person's is not found, and the attempt is recorded", async ({
    visit,
    gatehouse,
  }) => {
    const { people } = gatehouse.company;
    const own = await makeToken(gatehouse, people.member.id);
    const foreign = await makeToken(gatehouse, people.admin.id);
    const page = await visit("member");
    await page.goto(`/tokens?q=${encodeURIComponent(own.name)}`);
    await expect(page.getByRole("link", { name: own.name })).toBeVisible();
    await page.goto(`/tokens?q=${encodeURIComponent(foreign.name)}`);
    await expect(page.getByText("No token matches")).toBeVisible();
    await page.goto(`/tokens/${foreign.id}`);
    await expect(page.getByText("it is not yours to see")).toBeVisible();
    expect(await page.content()).not.toContain(foreign.name);
    const query = `action=token.read&outcome=denied&actor=${people.member.id}&target=${foreign.id}`;
    expect((await entriesAbout(gatehouse.api, query)).length).toBeGreaterThanOrEqual(1);
  });
});
