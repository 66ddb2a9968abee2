import { expect, test as base, type BrowserContextOptions, type Page } from "@playwright/test";
import { openAdminApi } from "./admin-api";
import { foundCompany, OWNER, type ConsoleRole } from "./company";
import type { Gatehouse } from "./gatehouse";
import { startProduct } from "./product";
import { signIn } from "./sign-in";
import { watch } from "./watch";

export { expect };

type StorageState = Exclude<BrowserContextOptions["storageState"], string | undefined>;
type Visitor = ConsoleRole | "nobody";

type Worker = {
  /** One running Gatehouse with a company in it, for all journeys of a worker. */
  gatehouse: Gatehouse;
  /** The cookies of each console role, signed in once, and again where a journey ended that session or changed its cookie. */
  sessions: Map<ConsoleRole, { state: StorageState; atMs: number }>;
};
type Journey = {
  /** Errors on the browser's console that the journey provokes, such as a refused sign-in's 401. */
  tolerated: RegExp[];
  /** Opens a browser of its own for somebody who is signed in, or for nobody. */
  visit: (who: Visitor, options?: BrowserContextOptions) => Promise<Page>;
};

/** `test` with a running product. A journey fails where the browser's console shows an error, even if all else is well. */
export const test = base.extend<Journey, Worker>({
  gatehouse: [
    async ({}, use) => {
      const product = await startProduct({
        GATEHOUSE_ADMIN_EMAIL: OWNER.email,
        GATEHOUSE_ADMIN_PASSWORD: OWNER.password,
      });
      try {
        const api = await openAdminApi(product);
        await use({ ...product, api, company: await foundCompany(product, api) });
      } catch (error) {
        throw new Error(`${String(error)}\nGatehouse wrote:\n${product.output()}`);
      } finally {
        await product.stop();
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],
  sessions: [async ({}, use) => use(new Map()), { scope: "worker" }],
  tolerated: [[], { option: true }],
  visit: async ({ browser, gatehouse, sessions, tolerated }, use, testInfo) => {
    const faults: string[] = [];
    const wroteBefore = gatehouse.output().length;
    const contexts: { close: () => Promise<void> }[] = [];
    const open = async (options: BrowserContextOptions) => {
      const context = await browser.newContext({ baseURL: gatehouse.url, ...options });
      watch(context, faults, tolerated);
      contexts.push(context);
      return context;
    };
    const signedIn = async (who: ConsoleRole, options: BrowserContextOptions) => {
      const known = sessions.get(who);
      if (known && Date.now() - known.atMs < SHARED_MS) {
        const context = await open({ storageState: known.state, ...options });
        // An earlier journey may have proved its identity anew, which changes the cookie.
        const home = await context.request.get("/", { maxRedirects: 0 });
        if (home.ok()) return context;
      }
      const context = await open({});
      await signIn(await context.newPage(), gatehouse.company.people[who]);
      const state = await context.storageState();
      sessions.set(who, { state, atMs: Date.now() });
      return open({ storageState: state, ...options });
    };
    await use(async (who, options = {}) =>
      (await (who === "nobody" ? open(options) : signedIn(who, options))).newPage(),
    );
    await Promise.all(contexts.map((context) => context.close()));
    const wrote = gatehouse.output().slice(wroteBefore);
    if (wrote && (faults.length > 0 || testInfo.status !== testInfo.expectedStatus))
      await testInfo.attach("what Gatehouse wrote meanwhile", { body: wrote, contentType: "text/plain" });
    expect(faults, "errors on the browser's console").toEqual([]);
  },
});

/** How long journeys share a session, ms: what needs a proof of lately (ten minutes) must not hang on which journeys ran before. */
const SHARED_MS = 300_000;

let made = 0;
/** A name that no other journey of this run uses. */
export function unique(name: string): string {
  made += 1;
  return `${name} ${process.pid.toString(36)}${made}`;
}
