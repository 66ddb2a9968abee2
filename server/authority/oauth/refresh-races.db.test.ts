import fc from "fast-check";
import { decodeJwt } from "jose";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { updatePerson } from "@/lib/person/update";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { Browser } from "./testing/browser";
import { makeClient } from "./testing/client";
import { makeHolder } from "@/lib/testing/make";
import { useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { company, connected, refreshing, validate } = useCompany(reach, issuer);

/**
 * What may happen to one grant: `newest` is exchanged, or again one of the earlier tokens (`older`, by how many generations); the
 * grace of the used ones runs out; the grant is revoked; its person is suspended.
 */
type Act =
  { kind: "newest" } | { kind: "older"; back: number } | { kind: "late" } | { kind: "revoke" } | { kind: "suspend" };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Act>({ kind: "newest" }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("older" as const), back: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: "late" }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: "revoke" }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: "suspend" }) },
);
/** Steps one after another; the acts of a step all at once. */
const history = fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });

async function begin() {
  const person = await makeHolder(company().role.id);
  const client = await makeClient();
  const { body } = await connected(client, await new Browser(reach, person).signIn());
  const { grant } = decodeJwt(body.access_token ?? "") as { grant: string };
  return { person, client, grant, tokens: [body.refresh_token ?? ""], access: [body.access_token ?? ""] };
}
type Its = Awaited<ReturnType<typeof begin>>;

/** One act; what it gave, if it gave tokens. */
async function play(its: Its, what: Act): Promise<{ refresh: string; access: string } | null> {
  switch (what.kind) {
    case "late":
      await db().refreshToken.updateMany({
        where: { grantId: its.grant, rotatedAt: { not: null } },
        data: { rotatedAt: new Date(Date.now() - 60_000) },
      });
      return null;
    case "revoke":
      await revokeGrant(systemCtx(), { id: its.grant, urgent: false });
      return null;
    case "suspend":
      await updatePerson(systemCtx(), { personId: its.person.id, status: "suspended" });
      return null;
    case "newest":
    case "older": {
      const back = what.kind === "older" ? what.back : 0;
      const token = its.tokens.at(-1 - Math.min(back, its.tokens.length - 1)) ?? "";
      const { status, body } = await refreshing(its.client, token);
      if (status !== 200) {
        expect(body).not.toHaveProperty("access_token");
        expect(body).not.toHaveProperty("refresh_token");
        return null;
      }
      return { refresh: body.refresh_token ?? "", access: body.access_token ?? "" };
    }
  }
}

const grantEnded = async (its: Its): Promise<boolean> => {
  const { revokedAt } = await db().oauthGrant.findUniqueOrThrow({
    where: { id: its.grant },
    select: { revokedAt: true },
  });
  return revokedAt !== null;
};

it(
  "never has two live successors, and never gives or honours a token after a revocation was answered",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const its = await begin();
        let over = false;
        for (const step of steps) {
          const given = (await Promise.all(step.map((what) => play(its, what)))).filter((got) => got !== null);
          if (over) expect(given).toEqual([]);
          for (const { refresh, access } of given) {
            if (!its.tokens.includes(refresh)) its.tokens.push(refresh);
            its.access.push(access);
          }
          const unused = await db().refreshToken.findMany({ where: { grantId: its.grant, rotatedAt: null } });
          expect(unused.length).toBe(1);
          const generations = await db().refreshToken.findMany({
            where: { grantId: its.grant },
            select: { generation: true },
          });
          expect(new Set(generations.map(({ generation }) => generation)).size).toBe(generations.length);
          over ||= step.some(({ kind }) => kind === "revoke" || kind === "suspend") || (await grantEnded(its));
          if (!over) continue;
          for (const token of its.access) expect(await validate(token)).toMatchObject({ active: false });
          for (const token of its.tokens) expect((await refreshing(its.client, token)).status).toBe(400);
        }
        if (!over) expect(await validate(its.access.at(-1) ?? "")).toMatchObject({ active: true });
      }),
      { seed: 20261121, numRuns: 12, endOnFailure: true },
    );
  },
);

it(
  "takes any token but the newest two for stolen, at any time, and the newest but one for stolen once its grace is over",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (uses, back, late) => {
          const its = await begin();
          for (let nth = 0; nth < uses; nth++) {
            const got = await play(its, { kind: "newest" });
            if (got) its.tokens.push(got.refresh);
          }
          if (late) await play(its, { kind: "late" });
          const before = Math.min(back, uses);
          const got = await play(its, { kind: "older", back: before });
          const replayed = before === 1 && !late;
          expect(got?.refresh ?? null).toBe(replayed ? its.tokens.at(-1) : null);
          expect(await grantEnded(its)).toBe(!replayed);
        },
      ),
      { seed: 9700, numRuns: 12, endOnFailure: true },
    );
  },
);
