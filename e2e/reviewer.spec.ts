import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test, unique } from "./support/journey";
import { validate } from "./support/validate";

/**
 * A reviewer's work: the last four characters of a token were found in a paste. Whose is it, what did it do, when, and since when does
 * somebody else use it?
 */
test("from the last four of a leaked token to who, what, when and since, and an export that holds offline", async ({
  visit,
  gatehouse,
}) => {
  const { api, company, url } = gatehouse;
  const name = unique("Leaked");
  const minted = await api.post<{ id: string; token: string }>("/tokens", {
    ...{ name, personId: company.people.member.id, roleId: company.roles.reader.id },
    ...{ serverIds: [company.server.id], expiresInSeconds: 86_400 },
  });
  const call = (tool: string, clientIp: string) =>
    validate(url, company.server.key, { token: minted.token, tool, clientIp });
  await call("list_tickets", "192.0.2.10");
  await call("list_tickets", "203.0.113.77");
  await call("close_ticket", "203.0.113.77");
  await api.post(`/tokens/${minted.id}/revoke`, { reason: "Found in a paste" });
  await call("list_tickets", "203.0.113.77");

  const page = await visit("auditor");
  const rows = page.getByRole("table", { name: "Audit entries" }).locator("tbody").getByRole("row");
  await page.goto("/audit?range=all");
  // Who: the paste shows a token as Gatehouse shows it.
  await page.goto(`/audit?range=all&q=${encodeURIComponent(`token:gth_ro_…${minted.token.slice(-4)} tool:*`)}`);
  await expect(rows).toHaveCount(4);
  await expect(page.getByRole("link", { name: new RegExp(`^Only ${company.people.member.name}`) }).first()).toBeVisible(); // prettier-ignore
  // Since: the first call from an address that this token was never seen from, once the keeper has looked.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("new address").filter({ visible: true }).first()).toBeVisible({ timeout: 500 });
  }, "the keeper has found it").toPass({ timeout: 30_000 });
  // What: used after it was revoked.
  await expect(page.getByText("after revocation").filter({ visible: true }).first()).toBeVisible();
  // When, and from where: only that address.
  await page.getByRole("link", { name: /^Only 203\.0\.113\.77/ }).first().click(); // prettier-ignore
  await expect(rows).toHaveCount(3);
  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: "NDJSON", exact: true }).click();
  const lines = readFileSync(await (await started).path(), "utf8")
    .trim()
    .split("\n");
  expect(lines.filter((line) => line.includes(minted.id)).length).toBeGreaterThanOrEqual(3);
  expect(lines.join("\n")).not.toContain(minted.token);
  // A colleague who trusts neither Gatehouse nor its database checks it offline.
  const bundled = page.waitForEvent("download");
  await page.getByRole("link", { name: "With proofs", exact: true }).click();
  const bundle = await (await bundled).path();
  const check = (file: string) => spawnSync(process.execPath, ["tools/verify-audit.mjs", file], { encoding: "utf8" });
  expect(check(bundle), "the bundle holds").toMatchObject({ status: 0 });
  const forged = `${bundle}.forged`;
  writeFileSync(forged, readFileSync(bundle, "utf8").replaceAll("203.0.113.77", "203.0.113.78"));
  expect(check(forged).status, "a changed entry is found").toBe(1);
  // Reading it left its own mark.
  const { items } = await api.get<{ items: unknown[] }>(
    `/audit?action=audit.search&actor=${company.people.auditor.id}`,
  );
  expect(items.length).toBeGreaterThan(0);
});
