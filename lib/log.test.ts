import { describe, expect, it } from "vitest";
import { makeCredential } from "@/lib/token/format";
import { createLog } from "./log";

function capture(known: readonly string[] = []) {
  const lines: string[] = [];
  const log = createLog({ level: "debug", known, destination: { write: (line) => lines.push(line) } });
  return { log, text: () => lines.join(""), last: () => JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown> };
}

describe("the log", () => {
  it("writes one JSON line with level, time, message, fields and those of the child", () => {
    const { log, last } = capture();
    log.child({ requestId: "req_1" }).warn({ attempts: 3 }, "tried %s times", 3);
    expect(last()).toMatchObject({ level: "warn", requestId: "req_1", attempts: 3, msg: "tried 3 times" });
    expect(typeof last().time).toBe("string");
  });

  it("tells an error with its code, stack and cause", () => {
    const { log, last } = capture();
    log.error({ err: new Error("outer", { cause: new Error("inner") }) }, "failed");
    expect(last()).toMatchObject({ err: { message: "outer", cause: { message: "inner" } } });
    expect((last().err as { stack: string }).stack).toContain("log.test.ts");
  });

  it("never lets a credential through: message, values, fields, keys, errors, causes, children, nested JSON", () => {
    const { log, text } = capture();
    const token = makeCredential("rw");
    log.info(`got ${token}`);
    log.info("got %s and %o", token, { deep: { authorization: token } });
    log.info({ a: [{ b: { c: `x${token}` } }], [token]: 1, headers: { cookie: "sid=hunter2hunter2" } });
    log.error(new Error(token, { cause: new Error(`because ${token}`) }));
    log.error({ err: new Error(token) }, "failed");
    log.child({ token, note: token }).info("child");
    log.info({ body: JSON.stringify({ password: "hunter2hunter2", inner: JSON.stringify({ token }) }) });
    expect(text()).not.toContain(token.slice(8, 24));
    expect(text()).not.toContain("hunter2");
  });

  it("keeps no query string and no fragment, and the path before it", () => {
    const { log, text, last } = capture();
    log.info({ url: "/sign-in?code=abcd1234&x=1", href: "https://gate.example/invite#Zm9vYmFyYmF6" }, "GET /a/b?q=cat");
    expect(last()).toMatchObject({ url: "/sign-in?[redacted]", msg: "GET /a/b?[redacted]" });
    expect(text()).not.toMatch(/abcd1234|Zm9vYmFyYmF6|cat/);
  });

  it("knows the process's own secrets wherever they stand", () => {
    const { log, text } = capture(["correct horse battery staple"]);
    log.error({ x: "a correct horse battery staple b" }, "no correct horse battery staple");
    expect(text()).not.toContain("battery");
  });

  it("cuts what Prisma quotes of a query", () => {
    const { log, last } = capture();
    const error = new Error('Invalid `create()` invocation:\n\n{ data: { hash: "00ff" } }\n\nUnique constraint failed');
    error.name = "PrismaClientKnownRequestError";
    log.error({ err: error });
    expect(last()).toMatchObject({ err: { message: "Unique constraint failed" } });
  });
});
