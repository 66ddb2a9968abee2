import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createAgent } from "@/lib/agent/create";
import { createAgentSchema } from "@/lib/agent/schema";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { anonymousCtx, personCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { runAction } from "./run-action";

useTestDatabase();

const own = () => env().GATEHOUSE_URL;
const parts = { schema: createAgentSchema, act: createAgent };
const input = (ownerId: string) => ({ name: "By action", kind: "machine" as const, ownerId });

describe("runAction", () => {
  it.each([null, "null", "http://evil.example", "http://localhost:3001", "https://localhost:3000"])(
    "refuses the Origin %s, records it, and runs nothing",
    async (origin) => {
      const owner = await makePerson({ consoleRole: "owner" });
      const { result, entries } = await observe(() =>
        runAction(personCtx({ ...owner, consoleRole: "owner" }), origin, "agent.create", parts, input(owner.id)),
      );
      expect(result).toMatchObject({ ok: false, error: { code: "bad_origin" } });
      expect(entries).toMatchObject([{ action: "agent.create", outcome: "denied", reason: "bad_origin" }]);
    },
  );

  it("refuses an auditor's direct POST, and records it", async () => {
    const auditor = await makePerson({ consoleRole: "auditor" });
    const ctx = personCtx({ ...auditor, consoleRole: "auditor" });
    const { result, entries } = await observe(() => runAction(ctx, own(), "agent.create", parts, input(auditor.id)));
    expect(result).toMatchObject({ ok: false, error: { code: "forbidden", requestId: ctx.requestId } });
    expect(entries).toMatchObject([{ action: "agent.create", outcome: "denied", reason: "forbidden" }]);
  });

  it("answers unauthenticated to nobody, and records it", async () => {
    const owner = await makePerson();
    const { result, entries } = await observe(() =>
      runAction(anonymousCtx(), own(), "agent.create", parts, input(owner.id)),
    );
    expect(result).toMatchObject({ ok: false, error: { code: "unauthenticated" } });
    expect(entries).toHaveLength(1);
  });

  it("answers the verb's result", async () => {
    const owner = await makePerson({ consoleRole: "owner" });
    const ctx = personCtx({ ...owner, consoleRole: "owner" });
    expect(await runAction(ctx, own(), "agent.create", parts, input(owner.id))).toMatchObject({
      ok: true,
      data: { name: "By action" },
    });
  });

  it("names every field at fault, whatever was sent", async () => {
    const result = await runAction(anonymousCtx(), own(), "agent.create", parts, { name: "", kind: "x", tools: 1 });
    expect(result).toMatchObject({ ok: false, error: { code: "validation_failed" } });
    const paths = result.ok ? [] : result.error.fields.map((field) => field.path);
    expect(paths).toEqual(expect.arrayContaining(["name", "kind", "ownerId"]));
  });

  it("tells nothing of an unknown failure", async () => {
    const act = () => Promise.reject(new Error("connect to 10.0.0.1 with hunter2"));
    const result = await runAction(anonymousCtx(), own(), "agent.create", { schema: z.unknown(), act }, 1);
    expect(result).toMatchObject({ ok: false, error: { code: "internal" } });
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });

  it("tells when trying again makes sense", async () => {
    const act = () => Promise.reject(new GatehouseError("too_many_attempts", { retryAfterSeconds: 7 }));
    const result = await runAction(anonymousCtx(), own(), "agent.create", { schema: z.unknown(), act }, 1);
    expect(result).toMatchObject({ ok: false, error: { code: "too_many_attempts", retryAfterSeconds: 7 } });
  });
});
