import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { db } from "@/lib/db";
import { hashPassword } from "@/lib/session/password";
import { useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { freePort, serveRoutes } from "@/lib/testing/next-route";
import { makeVisitor } from "@/lib/testing/visitor";

vi.stubEnv("GATEHOUSE_URL", "https://gatehouse.example.com");
useTestDatabase();

const port = await freePort();
const home = `http://localhost:${port}`; // as behind a proxy that ends TLS
let gatehouse: { close: () => Promise<void> };
beforeAll(async () => {
  const route = await import("./[...nextauth]/route");
  gatehouse = await serveRoutes(port, (path) => ({ route, params: { nextauth: path.split("/").slice(3) } }));
});
afterAll(() => gatehouse.close());

it("under https every cookie of signing in is Secure, HttpOnly and bound by its name's prefix", async () => {
  const person = await makePerson();
  const password = "correct horse battery";
  await db().person.update({ where: { id: person.id }, data: { passwordHash: await hashPassword(password) } });
  const visitor = makeVisitor();
  const { csrfToken } = (await (await visitor.request(`${home}/api/auth/csrf`)).json()) as { csrfToken: string };
  const response = await visitor.request(`${home}/api/auth/callback/credentials`, {
    method: "POST",
    body: new URLSearchParams({ email: person.email, password, csrfToken, callbackUrl: "/", json: "true" }),
  });
  expect(response.status).toBe(200);
  expect(visitor.cookies("localhost").has("__Host-gatehouse-session")).toBe(true);
  for (const line of visitor.setCookies) {
    expect(line).toMatch(/^(__Host|__Secure)-/);
    expect(line).toMatch(/; Secure/i);
    expect(line).toMatch(/; HttpOnly/i);
    expect(line).toMatch(/; SameSite=lax/i);
    expect(line).not.toMatch(/; Domain=/i);
  }
});
