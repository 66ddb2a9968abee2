import { beforeAll, describe, expect, it } from "vitest";
import { updateAgent } from "@/lib/agent/update";
import { archiveRole } from "@/lib/role/archive";
import { createRole } from "@/lib/role/create";
import { createRoleSchema } from "@/lib/role/schema";
import { updateRole } from "@/lib/role/update";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makeHolder, makePerson, makeServer } from "@/lib/testing/make";
import { mintToken } from "@/lib/token/mint";
import { revokeTokens } from "@/lib/token/revoke";
import { rotateToken } from "@/lib/token/rotate";
import { mintTokenSchema } from "@/lib/token/schema";
import { updateToken } from "@/lib/token/update";
import { exportAudit } from "./export";
import { facetsAudit } from "./facets";
import { auditFilterSchema, exportAuditSchema, searchAuditSchema, type AuditFilter } from "./schema";
import { searchAudit } from "./search";

useTestDatabase();

const ctx = systemCtx();
const search = async (filter: Partial<AuditFilter>) =>
  (await searchAudit(ctx, searchAuditSchema.parse({ ...filter, limit: 200 }))).items;
const actionsOf = async (server: string) => (await search({ server })).map(({ action }) => action).reverse();

const made = { both: "", tickets: "", wiki: "", other: "" };
/** What happened, in order: to a role and a token for two servers, one after the other. */
const HAPPENED = [
  "role.create",
  "token.mint",
  "token.update",
  "token.rotate",
  "token.rotate",
  "token.revoke",
  "role.update",
  "role.archive",
];

beforeAll(async () => {
  const [tickets, wiki, other] = [await makeServer({ name: "Tickets" }), await makeServer(), await makeServer()];
  const serverIds = [tickets.id, wiki.id];
  const role = await createRole(ctx, createRoleSchema.parse({ name: "Both", scopes: ["tickets:*"], serverIds }));
  const person = await makeHolder(role.id);
  const terms = { name: "Laptop", personId: person.id, roleId: role.id, serverIds };
  const token = await mintToken(ctx, mintTokenSchema.parse(terms));
  await updateToken(ctx, { tokenId: token.id, note: "for Ann" });
  const successor = await rotateToken(ctx, { tokenId: token.id, overlapSeconds: 60 });
  await revokeTokens(ctx, { by: "tokens", id: successor.id, urgent: false });
  await updateRole(ctx, { roleId: role.id, scopes: ["tickets:read"], serverIds });
  await archiveRole(ctx, { roleId: role.id });
  Object.assign(made, { both: role.id, tickets: tickets.id, wiki: wiki.id, other: other.id });
});

describe("a fact that concerns several servers", () => {
  it("is found by each of them, and by no other", async () => {
    expect(await actionsOf(made.tickets)).toEqual(HAPPENED);
    expect(await actionsOf(made.wiki)).toEqual(HAPPENED);
    expect(await actionsOf(made.other)).toEqual([]);
  });

  it("names them all, and none as the only one", async () => {
    const [minted] = await search({ action: ["token.mint"] });
    expect(minted).toMatchObject({ server: null });
    expect(minted?.servers.map(({ id }) => id).sort()).toEqual([made.tickets, made.wiki].sort());
    const exported = await exportAudit(ctx, exportAuditSchema.parse({ action: ["token.mint"], format: "csv" }));
    let csv = "";
    for await (const chunk of exported.chunks) csv += chunk;
    expect(csv).toContain(`,${minted?.servers.map(({ id }) => id).join(" ")},`);
  });

  it("counts for each of them", async () => {
    const { facets } = await facetsAudit(ctx, auditFilterSchema.parse({ action: ["token.mint"] }));
    expect(facets.server.map(({ value, count }) => [value, count]).sort()).toEqual(
      [
        [made.tickets, 1],
        [made.wiki, 1],
      ].sort(),
    );
  });
});

describe("a change of a role", () => {
  it("concerns the servers whose patterns came or went, and none where it was but renamed", async () => {
    const role = await createRole(
      ctx,
      createRoleSchema.parse({ name: "One", scopes: ["tickets:read"], serverIds: [made.other] }),
    );
    const grants = [{ serverId: made.other, scopes: ["tickets:read"] }];
    await updateRole(ctx, { roleId: role.id, grants: [...grants, { serverId: made.wiki, scopes: ["tickets:read"] }] });
    await updateRole(ctx, { roleId: role.id, name: "Uno" });
    const changes = await search({ target: role.id, action: ["role.update"] });
    expect(changes.map(({ servers }) => servers.map(({ id }) => id))).toEqual([[], [made.wiki]]);
  });
});

describe("an agent that is handed over", () => {
  it("is found by its new owner", async () => {
    const [before, after] = [await makePerson(), await makePerson()];
    const agent = await makeAgent(before.id);
    await updateAgent(ctx, { agentId: agent.id, ownerId: after.id });
    expect(await search({ person: after.id })).toMatchObject([{ action: "agent.update", agent: { id: agent.id } }]);
  });
});
