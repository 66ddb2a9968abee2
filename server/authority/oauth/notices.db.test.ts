import { decodeJwt } from "jose";
import { expect, it } from "vitest";
import { agentPermissions } from "@/lib/authz/permissions";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { refresh } from "@/lib/oauth/refresh";
import { ctxOf } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makeHolder } from "@/lib/testing/make";
import { Browser } from "./testing/browser";
import { makeClient } from "./testing/client";
import { useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { company, connected, refreshing } = useCompany(reach, issuer);

/** A connection whose first refresh token was exchanged `agoSeconds` ago. */
async function exchanged({ agoSeconds }: { agoSeconds: number }) {
  const person = await makeHolder(company().role.id);
  const client = await makeClient();
  const { body } = await connected(client, await new Browser(reach, person).signIn());
  const { grant } = decodeJwt(body.access_token ?? "") as { grant: string };
  const old = body.refresh_token ?? "";
  expect(await refreshing(client, old)).toMatchObject({ status: 200 });
  await db().refreshToken.updateMany({
    where: { grantId: grant, rotatedAt: { not: null } },
    data: { rotatedAt: new Date(Date.now() - agoSeconds * 1000) },
  });
  return { person, client, grant, old };
}

const noticesOf = (grantId: string) => db().notice.findMany({ where: { grantId } });

it("tells the person and the admins once, of a hundred parallel uses of an old refresh token", async () => {
  const { person, client, grant, old } = await exchanged({ agoSeconds: 60 });
  const before = await lastIdx();
  const answers = await Promise.all(Array.from({ length: 100 }, () => refreshing(client, old)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
  expect(answers.filter(({ body }) => body.access_token ?? body.refresh_token)).toEqual([]);
  const about = { kind: "refresh_token_reuse", personId: person.id, agentId: client.agentId };
  const notices = await noticesOf(grant);
  expect(notices).toHaveLength(2);
  expect(notices).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...about, recipientId: person.id, serverId: company().server.id, seenAt: null }),
      expect.objectContaining({ ...about, recipientId: null, serverId: company().server.id, seenAt: null }),
    ]),
  );
  expect(notices.map(({ ip }) => ip)).not.toContain(null);
  const entries = (await entriesSince(before)).filter(({ targetId }) => targetId === grant);
  expect(entries.map(({ action }) => action)).toEqual(["oauth.reuse", "grant.revoke"]);
  expect(JSON.stringify(notices)).not.toContain(old);
});

it("tells nobody of a token that comes back within the grace", async () => {
  const { client, grant, old } = await exchanged({ agoSeconds: 20 });
  expect(await refreshing(client, old)).toMatchObject({ status: 200 });
  expect(await noticesOf(grant)).toEqual([]);
});

it("leaves neither notice nor entry nor an ended grant where the transaction does not go through", async () => {
  const { person, client, grant, old } = await exchanged({ agoSeconds: 60 });
  const ctx = ctxOf({
    ...{ kind: "agent", agentId: client.agentId, name: client.name, personId: person.id },
    permissions: agentPermissions(),
  });
  const nowSeconds = ctx.nowSeconds();
  const accessToken = {
    ...{
      id: newId("accessToken"),
      value: "not told to anybody",
      format: "opaque" as const,
      grantType: "refresh_token",
    },
    ...{ agentId: client.agentId, personId: person.id, serverId: company().server.id, grantId: grant },
    ...{
      scopes: ["tickets:read"],
      tools: null,
      jkt: null,
      parentId: null,
      actors: [],
      authTimeSeconds: null,
      acr: null,
    },
    ...{ issuedAtSeconds: nowSeconds, expiresAtSeconds: nowSeconds + 900 },
  };
  const before = await lastIdx();
  let made = 0;
  const undone = refresh(ctx, { value: old, accessToken }, {
    async beforeCommit(tx) {
      made = await tx.notice.count({ where: { grantId: grant } });
      throw new Error("undone");
    },
  }); // prettier-ignore
  await expect(undone).rejects.toThrow("undone");
  expect(made, "they were there, inside").toBe(2);
  expect(await noticesOf(grant)).toEqual([]);
  expect(await entriesSince(before)).toEqual([]);
  expect(await db().oauthGrant.findUniqueOrThrow({ where: { id: grant } })).toMatchObject({ revokedAt: null });
});
