import { expect, test, unique } from "./support/journey";

test.use({ tolerated: [/status of 404/] });

test("a page of something that is not there answers 404 and says so, and of what is there 200", async ({
  visit,
  gatehouse,
}) => {
  const { api, company } = gatehouse;
  const { admin } = company.people;
  const agent = await api.post<{ id: string }>("/agents", {
    ...{ name: unique("Somewhere"), kind: "interactive", ownerId: admin.id },
  });
  const token = await api.post<{ id: string }>("/tokens", {
    ...{ name: unique("There"), personId: admin.id, roleId: company.roles.reader.id },
    ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
  });
  const there = {
    tokens: token.id,
    servers: company.server.id,
    roles: company.roles.reader.id,
    people: admin.id,
    agents: agent.id,
  };
  const page = await visit("admin");
  for (const [list, id] of Object.entries(there)) {
    // The same form, and another thing: its last characters differ.
    const unknown = id.slice(0, -4) + (id.endsWith("0000") ? "1111" : "0000");
    for (const missing of [unknown, "nonsense"]) {
      const answer = await page.goto(`/${list}/${missing}`);
      expect(answer?.status(), `/${list}/${missing}`).toBe(404);
      await expect(page.getByRole("heading", { level: 1, name: "Nothing here" })).toBeVisible();
      await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    }
    expect((await page.goto(`/${list}/${id}`))?.status(), `/${list}/${id}`).toBe(200);
    expect((await page.goto(`/${list}`))?.status(), `/${list}`).toBe(200);
  }
  expect((await page.goto(`/roles/${there.servers}/edit`))?.status()).toBe(404);
});
