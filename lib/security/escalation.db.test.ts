import { describe, expect, it } from "vitest";
import { CONSOLE_ROLE_PERMISSIONS } from "@/lib/authz/permissions";
import { db } from "@/lib/db";
import { createPerson } from "@/lib/person/create";
import { createPersonSchema } from "@/lib/person/schema";
import { updatePerson } from "@/lib/person/update";
import { acceptInvitation } from "@/lib/session/accept-invitation";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makePerson } from "@/lib/testing/make";
import { mintToken } from "@/lib/token/mint";
import { rotateToken } from "@/lib/token/rotate";
import { mintTokenSchema } from "@/lib/token/schema";

useTestDatabase();

const ADMIN_API = { roleId: "rol_gatehouse_admin", serverIds: ["srv_gatehouse"] };
const mintInput = (more: object) => mintTokenSchema.parse({ name: "Admin API", ...ADMIN_API, ...more });
const as = async (consoleRole: "owner" | "admin") =>
  personCtx({ ...(await makePerson({ consoleRole })), consoleRole }, {});

describe("who learns a secret early does not rise with its holder", () => {
  it("an invitation that an admin made does not open the account once it is an owner's", async () => {
    const admin = await as("admin");
    const owner = await as("owner");
    const input = createPersonSchema.parse({ email: "rising@example.com", name: "Rising", consoleRole: "member" });
    const { id, inviteUrl } = await createPerson(admin, input);
    await updatePerson(owner, { personId: id, consoleRole: "owner" });
    const link = inviteUrl?.split("#")[1] ?? "";
    await expect(
      acceptInvitation(anonymousCtx(), { link, name: "Not Rising", password: "correct horse battery" }),
    ).rejects.toMatchObject({ code: "link_not_found" });
    expect(await db().session.count({ where: { personId: id } })).toBe(0);
  });

  it("an owner's own invitation stays open where the owner raises the invited person", async () => {
    const owner = await as("owner");
    const input = createPersonSchema.parse({ email: "trusted@example.com", name: "Trusted", consoleRole: "member" });
    const { id, inviteUrl } = await createPerson(owner, input);
    await updatePerson(owner, { personId: id, consoleRole: "admin" });
    const link = inviteUrl?.split("#")[1] ?? "";
    const session = await acceptInvitation(anonymousCtx(), {
      link,
      name: "Trusted",
      password: "correct horse battery",
    });
    expect(session.sessionId).toMatch(/^ses_/);
  });

  it("an admin gets no admin token of a member that would have an owner's rights if the member became one", async () => {
    const admin = await as("admin");
    const member = await makeHolder(ADMIN_API.roleId);
    await expect(mintToken(admin, mintInput({ personId: member.id }))).rejects.toMatchObject({ code: "forbidden" });
    await expect(mintToken(admin, mintInput({ personId: member.id, scopes: ["people:write"] }))).rejects.toMatchObject({
      code: "forbidden",
    });
    const token = await mintToken(admin, mintInput({ personId: member.id, scopes: ["tokens:write"] }));
    expect(token.kind).toBe("adm");
  });

  it("nor by rotating one", async () => {
    const admin = await as("admin");
    const member = await makeHolder(ADMIN_API.roleId);
    const { id: tokenId } = await mintToken(systemCtx(), mintInput({ personId: member.id }));
    await expect(rotateToken(admin, { tokenId, overlapSeconds: 0 })).rejects.toMatchObject({ code: "forbidden" });
  });

  it("everybody may mint and rotate their own, within what they may do now", async () => {
    const member = await makeHolder(ADMIN_API.roleId);
    const ctx = personCtx({ ...member, consoleRole: "member" });
    expect(ctx.actor.permissions).toBe(CONSOLE_ROLE_PERMISSIONS.member);
    const { id: tokenId } = await mintToken(ctx, mintInput({ personId: member.id }));
    expect((await rotateToken(ctx, { tokenId, overlapSeconds: 0 })).kind).toBe("adm");
  });
});
