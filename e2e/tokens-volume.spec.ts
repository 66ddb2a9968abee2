import type { Page } from "@playwright/test";
import { expect, test } from "./support/journey";

const COUNT = 10_000;
/** How much longer than a list of a few tokens, on this machine and as busy as it is. A row per query takes far more. */
const FACTOR = 3;
const ALLOWANCE_MS = 1_500;

/** How long it takes from asking until the list shows what was asked for, milliseconds. */
async function timed(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

const names = (page: Page) => page.getByRole("table", { name: "Tokens" }).getByRole("link", { name: /^Bulk \d{5}$/ });

test("ten thousand tokens are searched, sorted and paged exactly, and quickly", async ({ visit, gatehouse }) => {
  const { people, roles, server } = gatehouse.company;
  const page = await visit("admin");
  const few = await timed(async () => {
    await page.goto("/tokens?state=all&sort=name&order=asc");
    await expect(page.getByRole("table", { name: "Tokens" })).toBeVisible();
  });
  const quickMs = FACTOR * few + ALLOWANCE_MS;
  await gatehouse.sql(
    `WITH made AS (
       INSERT INTO token (id, name, kind, hash, pepper_version, last_four, person_id, role_id, allowed_cidrs,
                          expires_at, family_id, created_by)
       SELECT 'tok_bulk' || n, 'Bulk ' || lpad(n::text, 5, '0'), 'ro', sha256(convert_to('bulk' || n, 'UTF8')), 1,
              lpad(to_hex(n), 4, '0'), $1, $2, '{}', now() + n * interval '1 hour', 'tok_bulk' || n, $1
       FROM generate_series(1, ${COUNT}) AS n RETURNING id)
     INSERT INTO token_server (token_id, server_id) SELECT id, $3 FROM made`,
    [people.member.id, roles.reader.id, server.id],
  );
  const total = page.getByRole("navigation", { name: "Pages" });

  expect(
    await timed(async () => {
      await page.goto("/tokens?q=Bulk&sort=name&order=asc");
      await expect(names(page).first()).toHaveText("Bulk 00001");
    }),
  ).toBeLessThan(quickMs);
  await expect(total).toContainText("1–50 of 10,000 tokens");
  await expect(names(page)).toHaveCount(50);

  expect(
    await timed(async () => {
      await page.getByRole("button", { name: "Next page" }).click();
      await expect(names(page).first()).toHaveText("Bulk 00051");
    }),
  ).toBeLessThan(quickMs);

  expect(
    await timed(async () => {
      await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
      await expect(names(page).first()).toHaveText("Bulk 10000");
    }),
  ).toBeLessThan(quickMs);
  await expect(page).not.toHaveURL(/page=/);

  await page.goto("/tokens?q=Bulk&sort=name&order=asc&page=200");
  await expect(names(page).last()).toHaveText("Bulk 10000");
  await expect(page.getByRole("button", { name: "Next page" })).toBeDisabled();

  const search = page.getByRole("searchbox");
  expect(
    await timed(async () => {
      await search.fill("Bulk 0777");
      await expect(total).toContainText("10 tokens");
    }),
  ).toBeLessThan(quickMs);
  await expect(names(page)).toHaveCount(10);

  await search.fill("Bulk 99999");
  await expect(page.getByText("No token matches")).toBeVisible();
});
