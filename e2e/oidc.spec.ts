import { startOidcProvider } from "./fixtures/oidc-provider";
import { expect, test } from "./support/journey";
import { openAdminApi } from "./support/admin-api";
import { OWNER } from "./support/company";
import { freePort } from "./support/process";
import { startProduct } from "./support/product";
import { watch } from "./support/watch";

test.setTimeout(180_000);

test("a person whom an owner knows signs in by a real OpenID provider, and nobody else does", async ({ browser }) => {
  const port = await freePort();
  const provider = await startOidcProvider({
    redirectUri: `http://localhost:${port}/api/auth/callback/oidc`,
    accounts: {
      known: { email: "kim.known@example.com", email_verified: true },
      stranger: { email: "sam.stranger@example.com", email_verified: true },
      unproven: { email: OWNER.email, email_verified: false },
    },
  });
  const product = await startProduct({
    PORT: String(port),
    GATEHOUSE_ADMIN_EMAIL: OWNER.email,
    GATEHOUSE_ADMIN_PASSWORD: OWNER.password,
    GATEHOUSE_OIDC_ISSUER: provider.issuer,
    GATEHOUSE_OIDC_CLIENT_ID: provider.clientId,
    GATEHOUSE_OIDC_CLIENT_SECRET: provider.clientSecret,
    GATEHOUSE_OIDC_NAME: "Example SSO",
  });
  try {
    const api = await openAdminApi(product);
    await api.post("/people", {
      ...{ name: "Kim Known", email: "kim.known@example.com", consoleRole: "auditor" },
      password: "a password that Kim does not use",
    });
    const faults: string[] = [];
    const signInAs = async (account: string) => {
      const context = await browser.newContext({ baseURL: product.url });
      watch(context, faults, [/status of 404.*favicon/]);
      const page = await context.newPage();
      await page.goto("/sign-in?returnTo=%2Ftokens");
      await page.getByRole("button", { name: "Continue with Example SSO" }).click();
      await page.waitForURL(`${provider.issuer}/**`);
      await page.getByLabel("Account").fill(account);
      await page.getByRole("button", { name: "Continue" }).click();
      return page;
    };
    const known = await signInAs("known");
    await expect(known).toHaveURL(`${product.url}/tokens`);
    await expect(known.getByRole("button", { name: "Account of Kim Known" })).toBeVisible();
    for (const refused of ["stranger", "unproven"]) {
      const page = await signInAs(refused);
      await expect(page.getByText("This account may not sign in here.")).toBeVisible();
      await page.goto("/tokens");
      await expect(page).toHaveURL(/\/sign-in/);
    }
    expect(product.output()).not.toContain(provider.clientSecret);
    expect(faults).toEqual([]);
  } finally {
    await product.stop();
    await provider.close();
  }
});
