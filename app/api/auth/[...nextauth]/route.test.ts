import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { GET, POST } from "./route";

const call = (handler: typeof POST, action: string, body?: string) =>
  handler(
    new NextRequest(`http://localhost:3000/api/auth/${action}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body,
    }),
    { params: Promise.resolve({ nextauth: action.split("/") }) },
  );

describe("/api/auth", () => {
  it("writes nobody's words into the log", async () => {
    expect((await call(POST, "_log", "level=error&code=X&message=planted")).status).toBe(404);
  });

  it.each(["verify-request", "__proto__", "constructor", "CSRF"])("has no page for %s", async (action) => {
    expect((await call(GET, action)).status).toBe(404);
  });
});
