import type { Page } from "@playwright/test";
import { entriesAbout } from "./support/entries";
import type { Gatehouse } from "./support/gatehouse";
import { expect, test, unique } from "./support/journey";
import { mintInBrowser, pick, readSecret } from "./support/mint";
import { confirmRevocation, REFUSED_EVERYWHERE } from "./support/revoke";
import { ageSession } from "./support/session";
import { signIn } from "./support/sign-in";
import { validate } from "./support/validate";

/** A token of the admin's under the editor role, made without the browser. */
async function makeToken({ api, company }: Gatehouse, more: Record<string, unknown> = {}) {
  const name = unique("Made token");
  const made = await api.post<{ id: string; token: string }>("/tokens", {
    ...{ name, personId: company.people.admin.id, roleId: company.roles.editor.id },
    ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
    ...more,
  });
  return { ...made, name };
}

const ask = ({ url, company }: Gatehouse, token: string, tool = "list_tickets", clientIp?: string) =>
  validate(url, company.server.key, { token, tool, clientIp });

/** Copying settles the question whether to leave a page that shows a secret. */
async function leaveSecret(page: Page) {
  page.once("dialog", (dialog) => void dialog.accept());
}

test("a token minted with chosen scopes, addresses, a rate limit and an expiry is held to each of them", async ({
  visit,
  gatehouse,
}) => {
  const page = await visit("admin");
  const name = unique("Narrow");
  const { secret, id } = await mintInBrowser(page, {
    name,
    role: gatehouse.company.roles.editor.name,
    more: async () => {
      await page.getByRole("radio", { name: "Chosen scopes" }).click();
      await page.getByRole("checkbox", { name: /tickets:write/ }).click();
      await page.getByRole("radio", { name: "7 d", exact: true }).click();
      await page.getByLabel("Calls", { exact: true }).fill("2");
      await page.getByLabel("Allowed addresses").fill("192.0.2.0/24");
      await page.getByLabel("Note").fill("For the end-to-end journey");
      await expect(page.getByTestId("mint-summary")).toContainText("at most 2 calls per 60 s");
      await expect(page.getByTestId("mint-summary")).toContainText("close_ticket");
    },
  });
  expect(secret).toMatch(/^gth_rw_/);
  expect(await ask(gatehouse, secret, "close_ticket", "198.51.100.7")).toMatchObject({ reason: "ip_not_allowed" });
  expect(await ask(gatehouse, secret, "list_tickets", "192.0.2.7")).toMatchObject({
    decision: "deny",
    reason: "insufficient_scope",
    missingScopes: ["tickets:read"],
  });
  for (const reason of ["ok", "ok", "rate_limited"])
    expect(await ask(gatehouse, secret, "close_ticket", "192.0.2.7")).toMatchObject({ reason });

  await leaveSecret(page);
  await page.goto(`/tokens/${id}`);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("2 per 60 s")).toBeVisible();
  await expect(page.getByText("192.0.2.0/24")).toBeVisible();
  expect(await page.content()).not.toContain(secret);
});

test("a read-only token stays unable to write, whatever its role can do", async ({ visit, gatehouse }) => {
  const page = await visit("admin");
  const { secret } = await mintInBrowser(page, {
    name: unique("Reader"),
    role: gatehouse.company.roles.editor.name,
    more: () => page.getByRole("radio", { name: "Read only" }).click(),
  });
  expect(secret).toMatch(/^gth_ro_/);
  expect(await ask(gatehouse, secret)).toMatchObject({ decision: "allow" });
  expect(await ask(gatehouse, secret, "close_ticket")).toMatchObject({
    reason: "insufficient_scope",
    missingScopes: ["tickets:write"],
  });
});

test("bad input is told at its field, and nothing that was typed is lost", async ({ visit, gatehouse }) => {
  const page = await visit("admin");
  const name = unique("Mistaken");
  await page.goto("/tokens/new");
  await pick(page, "Role", gatehouse.company.roles.reader.name);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Allowed addresses").fill("10.0.0.0/99");
  await page.getByLabel("Calls", { exact: true }).fill("0");
  await page.getByRole("radio", { name: "Custom", exact: true }).click();
  await page.getByLabel("Expires, day and time on your clock").fill("2020-01-01T10:00");
  await expect(page.getByText("Not an address or block: 10.0.0.0/99")).toBeVisible();
  await expect(page.getByText("That moment has passed.")).toBeVisible();
  await page.getByRole("button", { name: "Mint the token" }).click();
  await expect(page.getByLabel("Allowed addresses")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(name);
  await expect(page.getByLabel("Role", { exact: true })).toHaveText(gatehouse.company.roles.reader.name);

  await page.getByLabel("Allowed addresses").fill("10.0.0.0/9");
  await page.getByLabel("Calls", { exact: true }).fill("5");
  await page.getByRole("radio", { name: "1 h", exact: true }).click();
  await page.getByRole("button", { name: "Mint the token" }).click();
  await expect(page.getByText(`${name} is minted`)).toBeVisible();
});

test("a minted token's secret that was not copied is not lost by a link, or by minting another", async ({
  visit,
  gatehouse,
}) => {
  const page = await visit("admin");
  await mintInBrowser(page, { name: unique("Shown once"), role: gatehouse.company.roles.reader.name });
  const asked: string[] = [];
  page.on("dialog", (question) => {
    asked.push(question.message());
    void question.dismiss();
  });
  await page.getByRole("button", { name: "Mint another" }).click();
  await page.getByRole("link", { name: "Open the token" }).click();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Servers" }).click();
  await expect.poll(() => asked.length).toBe(3);
  for (const question of asked) expect(question).toContain("not copied and is not shown again");
  await expect(page.getByLabel("Token", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Copy", exact: true }).first().click();
  await page.getByRole("link", { name: "Open the token" }).click();
  await expect(page).toHaveURL(/\/tokens\/tok_/);
  expect(asked).toHaveLength(3);
});

test("the mint button says what is missing instead of failing", async ({ visit, gatehouse }) => {
  const page = await visit("admin");
  await page.goto("/tokens/new");
  const mint = page.getByRole("button", { name: "Mint the token" });
  await expect(mint).toHaveAccessibleDescription("Choose a role first");
  await pick(page, "Role", gatehouse.company.roles.reader.name);
  await expect(mint).toHaveAccessibleDescription("Give it a name first");
});

test("rotating with an overlap keeps both secrets alive, and finishing ends the old one at once", async ({
  visit,
  gatehouse,
}) => {
  const old = await makeToken(gatehouse);
  const page = await visit("admin");
  await page.goto(`/tokens/${old.id}`);
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("radio", { name: "24 hours" })).toBeChecked();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  const successor = await readSecret(page, "New token");
  for (const secret of [old.token, successor])
    expect(await ask(gatehouse, secret)).toMatchObject({ decision: "allow" });

  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("A rotation is in progress")).toBeVisible();
  await page.getByRole("button", { name: "Finish now" }).click();
  await confirmRevocation(page);
  expect(await ask(gatehouse, old.token)).toMatchObject({ active: false, reason: "revoked" });
  expect(await ask(gatehouse, successor)).toMatchObject({ decision: "allow" });
});

test("rotating without an overlap ends the old secret in the same moment", async ({ visit, gatehouse }) => {
  const old = await makeToken(gatehouse);
  const page = await visit("admin");
  await page.goto(`/tokens/${old.id}`);
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await page.getByRole("radio", { name: "None: end the old one now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  const successor = await readSecret(page, "New token");
  expect((await ask(gatehouse, old.token)).decision).toBe("deny");
  expect(await ask(gatehouse, successor)).toMatchObject({ decision: "allow" });
});

test("a rotated token's secret that was not copied is not lost by a click beside it", async ({ visit, gatehouse }) => {
  const old = await makeToken(gatehouse);
  const page = await visit("admin");
  await page.goto(`/tokens/${old.id}`);
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Rotated" });
  await expect(dialog).toBeVisible();
  const asked: string[] = [];
  page.on("dialog", (question) => {
    asked.push(question.message());
    void question.dismiss();
  });
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.getByRole("link", { name: "Open the successor" }).click();
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  await page.keyboard.press("Escape");
  await expect.poll(() => asked.length).toBe(4);
  for (const question of asked) expect(question).toContain("not copied and is not shown again");
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/tokens/${old.id}$`));
});

test("revoking is asked once, ends the token at once, and stands in the log with its reason", async ({
  visit,
  gatehouse,
}) => {
  const token = await makeToken(gatehouse);
  expect(await ask(gatehouse, token.token)).toMatchObject({ decision: "allow" });
  const page = await visit("admin");
  await page.goto(`/tokens/${token.id}`);
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByLabel("Reason").fill("Left on a train");
  await confirmRevocation(page);
  expect(await ask(gatehouse, token.token)).toMatchObject({ active: false, reason: "revoked" });
  await expect(page.getByRole("button", { name: "Rotate", exact: true })).toHaveCount(0);
  const entries = await entriesAbout(gatehouse.api, `action=token.revoke&token=${token.id}`);
  expect(entries).toHaveLength(1);
  expect(JSON.stringify(entries)).toContain("Left on a train");
});

test("the urgent form ends a leaked token at once, and its page says by which change and why", async ({
  visit,
  gatehouse,
}) => {
  const token = await makeToken(gatehouse);
  expect(await ask(gatehouse, token.token)).toMatchObject({ decision: "allow" });
  const page = await visit("admin");
  await page.goto(`/tokens/${token.id}`);
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("checkbox", { name: /has leaked/ }).click();
  await page.getByLabel("Reason").fill("Found in a public repository");
  await confirmRevocation(page);
  expect(await ask(gatehouse, token.token)).toMatchObject({ active: false, reason: "revoked" });
  const card = page.locator("section").filter({ has: page.getByRole("heading", { name: "Revocation" }) });
  await expect(card).toContainText("Found in a public repository");
  await expect(card).toContainText(/number \d+/);
  await expect(card).toContainText("each process refused as soon as it heard of it");
});

test("all tokens for a server are revoked from its page, and all under a role from the role's", async ({
  visit,
  gatehouse,
}) => {
  const { api, company } = gatehouse;
  const { admin } = company.people;
  const name = unique("Leaky server");
  const server = await api.post<{ id: string }>("/servers", {
    ...{ name, resource: `https://${unique("leaky").toLowerCase().replaceAll(/\W/g, "")}.example.com/mcp` },
    scopes: [{ name: "leaky:read", access: "read" }],
  });
  const both = { scopes: ["tickets:read", "leaky:read"], serverIds: [company.server.id, server.id] };
  const role = await api.post<{ id: string; name: string }>("/roles", { name: unique("Leaky role"), ...both });
  const { roles } = await api.get<{ roles: { id: string }[] }>(`/people/${admin.id}`);
  await api.patch(`/people/${admin.id}`, { roleIds: [...roles.map(({ id }) => id), role.id] });
  const ofBoth = await makeToken(gatehouse, { roleId: role.id, serverIds: both.serverIds });
  const ofRole = await makeToken(gatehouse, { roleId: role.id });
  const page = await visit("nobody");
  await signIn(page, admin);
  const revokeAll = async (path: string, subject: string) => {
    await page.goto(path);
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Revoke all tokens" }).click();
    await page.getByLabel(/to confirm/).fill(subject);
    await page.getByRole("button", { name: "Revoke them all" }).click();
    const told = page.getByText(REFUSED_EVERYWHERE);
    await expect(told).toBeVisible();
    await expect(told).toContainText("Revoked 1 token:");
  };

  await revokeAll(`/servers/${server.id}`, name);
  expect(await ask(gatehouse, ofBoth.token)).toMatchObject({ active: false, reason: "revoked" });
  expect(await ask(gatehouse, ofRole.token)).toMatchObject({ decision: "allow" });
  await revokeAll(`/roles/${role.id}`, role.name);
  expect(await ask(gatehouse, ofRole.token)).toMatchObject({ active: false, reason: "revoked" });
});

test("minting for somebody else asks for the password again where the proof is old", async ({ visit, gatehouse }) => {
  const { admin, member } = gatehouse.company.people;
  const page = await visit("nobody");
  await signIn(page, admin);
  await ageSession(gatehouse, admin.id);
  const name = unique("For another");
  await page.goto("/tokens/new");
  await pick(page, "Person", member.email);
  await pick(page, "Role", gatehouse.company.roles.reader.name);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Mint the token" }).click();
  const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
  await dialog.getByLabel("Password", { exact: true }).fill("not the password");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(admin.password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText(`${name} is minted`)).toBeVisible();
});
