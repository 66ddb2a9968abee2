import type { Browser } from "./browser";

const xsrfIn = (page: string) => /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? "";

/** Somebody types a device's code at the page; the page that comes, and what its form sends back unseen. */
export async function typeCode(browser: Browser, userCode: string) {
  const xsrf = xsrfIn(await (await browser.get("/device")).text());
  const answer = await browser.post("/device", { xsrf, user_code: userCode });
  const text = await answer.text();
  return { status: answer.status, text, xsrf: xsrfIn(text) };
}

/** Types it, and says that the device is theirs; the consent's id. Throws what the page says where there is none. */
export async function confirmCode(browser: Browser, userCode: string): Promise<string> {
  const { xsrf } = await typeCode(browser, userCode);
  const answer = await browser.post("/device", { xsrf, user_code: userCode, confirm: "yes" });
  const uid = /^\/connect\/([\w-]+)$/.exec(answer.headers.get("location") ?? "")?.[1];
  if (!uid) throw new Error(`${answer.status} ${await answer.text()}`);
  return uid;
}
