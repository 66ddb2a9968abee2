import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { getPolicy } from "./instance";
import { updatePolicySchema } from "./schema";
import { updatePolicy } from "./update";

useTestDatabase();

const update = (input: object, ctx = systemCtx()) => updatePolicy(ctx, updatePolicySchema.parse(input));

describe("updatePolicy", () => {
  it("changes what is named and leaves the rest, with before and after on the record", async () => {
    const before = await getPolicy(systemCtx());
    const { result, entries } = await observe(() =>
      update({ registration: "off", documentHosts: ["Agents.Example.com ", "agents.example.com"] }),
    );
    expect(result).toEqual({ ...before, registration: "off", documentHosts: ["agents.example.com"] });
    expect(entries).toMatchObject([
      {
        action: "instance.update",
        outcome: "success",
        body: {
          changes: [
            { field: "registration", before: before.registration, after: "off" },
            { field: "documentHosts", before: before.documentHosts, after: ["agents.example.com"] },
          ],
        },
      },
    ]);
    expect((await observe(() => update({ registration: "off" }))).entries).toEqual([]);
    await update(before);
  });

  it("is an admin's who has lately proved who they are, and neither an auditor's nor a member's", async () => {
    const person = await makePerson();
    const as = (consoleRole: "admin" | "auditor" | "member", reauthenticatedAtSeconds = Date.now() / 1000) =>
      personCtx({ ...person, consoleRole }, { reauthenticatedAtSeconds });
    for (const role of ["auditor", "member"] as const) {
      const { error, entries } = await observe(() => update({ documents: "off" }, as(role)));
      expect(error).toMatchObject({ code: "forbidden" });
      expect(entries).toMatchObject([{ action: "instance.update", outcome: "denied" }]);
    }
    await expect(update({ documents: "off" }, as("admin", 0))).rejects.toMatchObject({
      code: "reauthentication_required",
    });
    expect((await getPolicy(as("auditor"))).documents).toBe("open");
    await expect(getPolicy(as("member"))).rejects.toMatchObject({ code: "forbidden" });
    expect(await update({ documents: "open" }, as("admin"))).toMatchObject({ documents: "open" });
  });

  it.each(["approveClients", "approveAdminScopes"])(
    "numbers the narrowing where %s is asked for, and only then",
    async (field) => {
      const narrowings = () => db().change.count({ where: { narrows: true } });
      const before = await narrowings();
      await update({ [field]: true });
      expect(await narrowings()).toBe(before + 1);
      await update({ [field]: true });
      await update({ [field]: false });
      expect(await narrowings()).toBe(before + 1);
    },
  );

  it("numbers the narrowing where agents may rest for less, and only then", async () => {
    const narrowings = () => db().change.count({ where: { narrows: true } });
    const before = await narrowings();
    const counts: number[] = [];
    for (const idleTimeoutSeconds of [3600, 3600, 600, 7200, null]) {
      await update({ idleTimeoutSeconds });
      counts.push((await narrowings()) - before);
    }
    expect(counts).toEqual([1, 1, 2, 2, 2]);
    expect((await getPolicy(systemCtx())).idleTimeoutSeconds).toBeNull();
  });

  it("loses nothing of two changes at the same moment", async () => {
    const before = await getPolicy(systemCtx());
    await Promise.all([update({ refreshIdleSeconds: 3600 }), update({ grantLifetimeSeconds: 7200 })]);
    expect(await getPolicy(systemCtx())).toMatchObject({ refreshIdleSeconds: 3600, grantLifetimeSeconds: 7200 });
    await update(before);
  });
});

describe("the policy's form", () => {
  it.each(["claude.ai", "localhost", "127.0.0.1", "[::1]", "cursor:", "vscode-insiders:", "com.example.app:"])(
    "takes %s as a place",
    (place) => expect(updatePolicySchema.parse({ registrationPlaces: [place] }).registrationPlaces).toEqual([place]),
  );

  it.each(["https://claude.ai", "claude.ai/cb", "*.claude.ai", "claude.ai:443", "javascript:", "https:", "a b", ""])(
    "refuses %j as a place",
    (place) => expect(updatePolicySchema.safeParse({ registrationPlaces: [place] }).success).toBe(false),
  );

  it.each([
    { documentHosts: ["cursor:"] },
    { refreshIdleSeconds: 59 },
    { grantLifetimeSeconds: 158_112_001 },
    { idleTimeoutSeconds: 299 },
    { idleTimeoutSeconds: 31_536_001 },
    { secretRotationDays: -1 },
    { secretRotationDays: 1.5 },
    { secretRotationDays: 3651 },
    { more: 1 },
  ])("refuses %j", (input) => expect(updatePolicySchema.safeParse(input).success).toBe(false));
});
