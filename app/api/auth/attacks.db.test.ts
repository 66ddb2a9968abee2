import { randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/lib/db";
import { INTERNAL_HEADERS } from "@/lib/http/internal";
import { updatePerson } from "@/lib/person/update";
import { changePassword } from "@/lib/session/change-password";
import { decodeSessionId, encodeSessionId } from "@/lib/session/jwt";
import { actorOfSession } from "@/lib/session/lookup";
import { hashPassword } from "@/lib/session/password";
import { reauthenticate } from "@/lib/session/reauthenticate";
import { completeSecondStep } from "@/lib/session/second-step";
import { THROTTLE } from "@/lib/session/throttle";
import { anonymousCtx, ctxOf, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { freePort, serveRoutes } from "@/lib/testing/next-route";
import { makeVisitor, type Visitor } from "@/lib/testing/visitor";

vi.mock("@/lib/session/password-cost", () => ({
  PASSWORD_COST: { memoryCost: 1024, timeCost: 2, parallelism: 1, hashLength: 32 },
}));
const SECRET = "the launcher's word, of more than 32 characters";
const port = await freePort();
const home = `http://localhost:${port}`;
vi.stubEnv("GATEHOUSE_URL", home);
vi.stubEnv("GATEHOUSE_INTERNAL_SECRET", SECRET);
useTestDatabase();

const COOKIE = "gatehouse-session";
const PASSWORD = "correct horse battery";
let gatehouse: { close: () => Promise<void> };
let passwordHash: string;

beforeAll(async () => {
  passwordHash = await hashPassword(PASSWORD);
  const route = await import("./[...nextauth]/route");
  gatehouse = await serveRoutes(port, (path) =>
    path.startsWith("/api/auth/") ? { route, params: { nextauth: path.split("/").slice(3) } } : null,
  );
});
afterAll(() => gatehouse.close());

let n = 0;
beforeEach(() => {
  n += 1;
});
/** What the authority says of a request: each test comes from an address of its own. */
const through = (ip = `192.0.2.${n}`) => ({ [INTERNAL_HEADERS.secret]: SECRET, [INTERNAL_HEADERS.clientIp]: ip });

async function member() {
  const person = await makePerson();
  return db().person.update({ where: { id: person.id }, data: { passwordHash } });
}
async function csrfOf(visitor: Visitor): Promise<string> {
  return ((await (await visitor.request(`${home}/api/auth/csrf`)).json()) as { csrfToken: string }).csrfToken;
}
type Form = Record<string, string>;
async function post(visitor: Visitor, path: string, form: Form, headers: Record<string, string> = through()) {
  return visitor.request(`${home}/api/auth/${path}`, { method: "POST", body: new URLSearchParams(form), headers });
}
async function signIn(visitor: Visitor, email: string, more: Form = {}, headers?: Record<string, string>) {
  const form = { email, password: PASSWORD, csrfToken: await csrfOf(visitor), callbackUrl: "/", ...more };
  return post(visitor, "callback/credentials", form, headers);
}
const cookieOf = (visitor: Visitor) => visitor.cookies("localhost").get(COOKIE);
const sessionIdOf = (visitor: Visitor) => decodeSessionId(cookieOf(visitor));
/** Who a browser is to Gatehouse; null for nobody. */
async function whoIs(visitor: Visitor): Promise<string | null> {
  const body = (await (await visitor.request(`${home}/api/auth/session`)).json()) as { user?: { email?: string } };
  return body.user?.email ?? null;
}
async function actorOf(visitor: Visitor) {
  const actor = await actorOfSession((await sessionIdOf(visitor)) ?? "", Date.now() / 1000);
  if (!actor) throw new Error("no session");
  return actor;
}

describe("a stolen or planted cookie", () => {
  it("fixation: signing in gives a new session, and ends the one that was planted", async () => {
    const [attacker, victim] = [await member(), await member()];
    const evil = makeVisitor();
    await signIn(evil, attacker.email);
    const planted = makeVisitor(evil);
    await signIn(planted, victim.email);
    expect(await whoIs(planted)).toBe(victim.email);
    expect(await sessionIdOf(planted)).not.toBe(await sessionIdOf(evil));
    expect(await whoIs(evil)).toBeNull();
  });

  it("fixation: an id of the attacker's choice, in any cookie, becomes nobody's session", async () => {
    const person = await member();
    const visitor = makeVisitor();
    const invented = `ses_${"0".repeat(26)}`;
    visitor.cookies("localhost").set(COOKIE, await encodeSessionId(invented, 3600));
    expect(await whoIs(visitor)).toBeNull();
    await signIn(visitor, person.email);
    expect(await sessionIdOf(visitor)).not.toBe(invented);
  });

  it("replay: a copy is worthless after signing out", async () => {
    const person = await member();
    const visitor = makeVisitor();
    await signIn(visitor, person.email);
    const copy = makeVisitor(visitor);
    expect(await whoIs(copy)).toBe(person.email);
    await post(visitor, "signout", { csrfToken: await csrfOf(visitor), callbackUrl: "/" });
    expect(cookieOf(visitor)).toBeUndefined();
    expect(await whoIs(copy)).toBeNull();
  });

  it("replay: a copy is worthless after proving who one is, and after a new password; other browsers end with the latter", async () => {
    const person = await member();
    const [mine, other] = [makeVisitor(), makeVisitor()];
    await signIn(mine, person.email);
    await signIn(other, person.email);
    const copy = makeVisitor(mine);
    const proved = await reauthenticate(ctxOf(await actorOf(mine)), { password: PASSWORD });
    expect(await whoIs(copy)).toBeNull();
    expect(await whoIs(other)).toBe(person.email);
    mine.cookies("localhost").set(COOKIE, await encodeSessionId(proved.sessionId, 3600));
    const second = makeVisitor(mine);
    await changePassword(ctxOf(await actorOf(mine)), { currentPassword: PASSWORD, newPassword: "an entirely new one" });
    for (const visitor of [second, other]) expect(await whoIs(visitor)).toBeNull();
  });

  it("two tabs: signing in again in one ends the session of the other, and both go on as the new person", async () => {
    const [first, second] = [await member(), await member()];
    const browser = makeVisitor();
    await signIn(browser, first.email);
    const before = await sessionIdOf(browser);
    await signIn(browser, second.email);
    expect(await whoIs(browser)).toBe(second.email);
    expect(await actorOfSession(before ?? "", Date.now() / 1000)).toBeNull();
  });

  it("a suspended person's cookie is worthless at once, and stays so when they come back", async () => {
    const person = await member();
    const visitor = makeVisitor();
    await signIn(visitor, person.email);
    await updatePerson(systemCtx(), { personId: person.id, status: "suspended" });
    expect(await whoIs(visitor)).toBeNull();
    await updatePerson(systemCtx(), { personId: person.id, status: "active" });
    expect(await whoIs(visitor)).toBeNull();
  });
});

describe("a right password of somebody who has a second factor", () => {
  const STEP_COOKIE = "gatehouse-second-step";
  const guarded = async () => {
    const person = await member();
    return { person, ...(await makeSecondFactor(person.id)) };
  };
  const give = (secret: string, code: string) =>
    completeSecondStep(anonymousCtx({ source: { ip: `192.0.2.${n}`, userAgent: null } }), { secret, code });

  it("opens no session, and gives the browser a secret that no script reads and no other site's request carries", async () => {
    const { person, code } = await guarded();
    const visitor = makeVisitor();
    const response = await signIn(visitor, person.email, { json: "true" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ secondFactor: true });
    expect(cookieOf(visitor)).toBeUndefined();
    expect(await whoIs(visitor)).toBeNull();
    const line = visitor.setCookies.find((one) => one.startsWith(`${STEP_COOKIE}=`)) ?? "";
    expect(line).toMatch(/; HttpOnly/i);
    expect(line).toMatch(/; SameSite=strict/i);
    expect(await give(visitor.cookies("localhost").get(STEP_COOKIE) ?? "", code())).toHaveProperty("sessionId");
  });

  it("leaves the session that the browser had as it is until the code is given", async () => {
    const [{ person }, other] = [await guarded(), await member()];
    const visitor = makeVisitor();
    await signIn(visitor, other.email);
    await signIn(visitor, person.email, { json: "true" });
    expect(await whoIs(visitor)).toBe(other.email);
  });

  it("gives each browser a secret of its own, and a wrong password none", async () => {
    const { person } = await guarded();
    const [one, two, wrong] = [makeVisitor(), makeVisitor(), makeVisitor()];
    for (const visitor of [one, two]) await signIn(visitor, person.email, { json: "true" });
    const refused = await signIn(wrong, person.email, { password: "wrong", json: "true" });
    expect(refused.status).toBe(401);
    const secretOf = (visitor: Visitor) => visitor.cookies("localhost").get(STEP_COOKIE);
    expect(secretOf(one)).not.toBe(secretOf(two));
    expect(secretOf(wrong)).toBeUndefined();
  });

  it("is no session by another name: the secret opens none as its cookie", async () => {
    const { person } = await guarded();
    const visitor = makeVisitor();
    await signIn(visitor, person.email, { json: "true" });
    visitor.cookies("localhost").set(COOKIE, visitor.cookies("localhost").get(STEP_COOKIE) ?? "");
    expect(await whoIs(visitor)).toBeNull();
  });
});

describe("requests that another site makes", () => {
  it.each([
    ["no token", async () => Promise.resolve({})],
    ["an invented token", async () => Promise.resolve({ csrfToken: "a".repeat(64) })],
    ["another browser's token", async () => ({ csrfToken: await csrfOf(makeVisitor()) })],
  ])("sign nobody in or out with %s", async (_name, token) => {
    const [person, other] = [await member(), await member()];
    const visitor = makeVisitor();
    await signIn(visitor, person.email);
    await post(visitor, "signout", { callbackUrl: "/", ...(await token()) });
    await post(visitor, "callback/credentials", { email: other.email, password: PASSWORD, ...(await token()) });
    expect(await whoIs(visitor)).toBe(person.email);
  });

  it("do nothing by GET", async () => {
    const person = await member();
    const visitor = makeVisitor();
    await signIn(visitor, person.email);
    const query = new URLSearchParams({ email: person.email, password: PASSWORD, csrfToken: await csrfOf(visitor) });
    for (const path of ["signout", "callback/credentials"])
      await visitor.request(`${home}/api/auth/${path}?${query.toString()}`);
    expect(await whoIs(visitor)).toBe(person.email);
    const nobody = makeVisitor();
    await nobody.request(`${home}/api/auth/callback/credentials?${query.toString()}`);
    expect(cookieOf(nobody)).toBeUndefined();
  });
});

describe("where signing in and out leads", () => {
  it.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/%5Cevil.example/..//evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    `${home}.evil.example/`,
    `${home}@evil.example/`,
    "/tokens\r\nset-cookie: planted=1",
    "not a url at all",
  ])("never elsewhere: %j", async (callbackUrl) => {
    const person = await member();
    const visitor = makeVisitor();
    for (const path of ["signin", "signout", "error"]) {
      const query = new URLSearchParams({ callbackUrl }).toString();
      const { headers } = await visitor.request(`${home}/api/auth/${path}?${query}`);
      const location = headers.get("location");
      if (location !== null) expect(new URL(location, home).origin).toBe(home);
    }
    const response = await signIn(visitor, person.email, { callbackUrl });
    const target = new URL(response.headers.get("location") ?? "", home);
    expect(target.origin).toBe(home);
    expect(target.pathname).not.toMatch(/^[/\\]{2}/);
    expect(visitor.cookies("localhost").has("planted")).toBe(false);
    const out = await post(visitor, "signout", { csrfToken: await csrfOf(visitor), callbackUrl });
    expect(new URL(out.headers.get("location") ?? "", home).origin).toBe(home);
  });

  it("where one was, of our own", async () => {
    const person = await member();
    for (const callbackUrl of ["/tokens?state=all", `${home}/tokens?state=all`]) {
      const response = await signIn(makeVisitor(), person.email, { callbackUrl });
      expect(response.headers.get("location")).toBe(`${home}/tokens?state=all`);
    }
  });
});

describe("guessing", () => {
  it("is told 429 and when to come back, and no invented client address is a way around", async () => {
    const person = await member();
    const visitor = makeVisitor();
    for (let i = 0; i < THROTTLE.perPair; i++) {
      const spoofed = { ...through(), "x-forwarded-for": `203.0.113.${i}`, "x-real-ip": `203.0.113.${i}` };
      expect((await signIn(visitor, person.email, { password: "wrong", json: "true" }, spoofed)).status).toBe(401);
    }
    const last = await signIn(
      visitor,
      person.email,
      { json: "true" },
      { ...through(), "x-forwarded-for": "203.0.113.99" },
    );
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(cookieOf(visitor)).toBeUndefined();
  });

  it("has no more attempts for saying the authority's address without its secret", async () => {
    const person = await member();
    const visitor = makeVisitor();
    const statuses: number[] = [];
    for (let i = 0; i <= THROTTLE.perPair; i++) {
      const headers = { [INTERNAL_HEADERS.clientIp]: `203.0.113.${i}`, [INTERNAL_HEADERS.secret]: "guessed" };
      statuses.push((await signIn(visitor, person.email, { password: "wrong", json: "true" }, headers)).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("what no browser sends", () => {
  it("a password or an address of a megabyte is refused as any wrong one, and is not recorded", async () => {
    const person = await member();
    const mark = randomUUID();
    const before = await lastIdx();
    const huge = mark + "x".repeat(1_000_000);
    expect((await signIn(makeVisitor(), person.email, { password: huge, json: "true" })).status).toBe(401);
    expect((await signIn(makeVisitor(), `${huge}@example.com`, { json: "true" })).status).toBe(401);
    const entries = await entriesSince(before);
    expect(entries.map(({ outcome }) => outcome)).toEqual(["denied", "denied"]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(mark);
  });

  it("a session cookie that is too long, cut, or another of next-auth's cookies, is nobody", async () => {
    const person = await member();
    const visitor = makeVisitor();
    await signIn(visitor, person.email);
    const good = cookieOf(visitor) ?? "";
    const [csrf] = [visitor.cookies("localhost").get("next-auth.csrf-token") ?? ""];
    for (const value of ["x".repeat(8000), good.slice(0, -1), `${good}.`, csrf, "{}"]) {
      visitor.cookies("localhost").set(COOKIE, value);
      expect(await whoIs(visitor)).toBeNull();
    }
  });

  it("an address with a line break reaches no header", async () => {
    const visitor = makeVisitor();
    const response = await signIn(visitor, "a@b.example\r\nset-cookie: planted=1", { json: "true" });
    expect(response.status).toBe(401);
    expect(visitor.cookies("localhost").has("planted")).toBe(false);
  });

  it("unknown routes and methods under /api/auth are refused without an inner word", async () => {
    for (const path of ["callback/github", "signin/github", "nothing", "_log", "callback/%2e%2e"]) {
      const text = await (await makeVisitor().request(`${home}/api/auth/${path}`)).text();
      expect(text).not.toMatch(/node_modules|at .+\.js:/);
    }
    const status = await new Promise<number | undefined>((answered, failed) => {
      httpRequest(`${home}/api/auth/session`, { method: "DELETE" }, (response) => {
        response.resume();
        answered(response.statusCode);
      })
        .on("error", failed)
        .end();
    });
    expect(status).toBe(405);
  });
});
