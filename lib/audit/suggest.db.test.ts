import { beforeAll, describe, expect, it } from "vitest";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeServer } from "@/lib/testing/make";
import { suggestAudit, suggestAuditSchema, type SuggestAuditInput } from "./suggest";

useTestDatabase();

const ids = { ana: "", one: "", two: "" };
const suggest = (name: SuggestAuditInput["name"], typed: string) =>
  suggestAudit(systemCtx(), suggestAuditSchema.parse({ name, typed }));

beforeAll(async () => {
  const ana = await makePerson({ name: "Ana Moreau", email: "ana@harbour.example" });
  const one = await makeAgent(ana.id, { name: "Backfill" });
  const two = await makeAgent(ana.id, { name: "Backfill, nightly" });
  await makeServer({ name: "Ticket desk", slug: "desk" });
  Object.assign(ids, { ana: ana.id, one: one.id, two: two.id });
});

describe("suggestAudit", () => {
  it("tells things by a word that means them alone, as it is written in a query, and else by their id", async () => {
    expect(await suggest("actor", "MOREAU")).toEqual([{ text: "ana@harbour.example", detail: "Ana Moreau" }]);
    expect(await suggest("server", "ticket")).toEqual([{ text: "desk", detail: "Ticket desk" }]);
    expect(await suggest("agent", "backfill")).toEqual([
      { text: ids.one, detail: "Backfill" },
      { text: '"Backfill, nightly"', detail: ids.two },
    ]);
    expect(await suggest("tool", "close")).toEqual([{ text: "close_ticket", detail: "Ticket desk" }]);
    expect(await suggest("scope", "tickets:w")).toEqual([{ text: "tickets:write", detail: "Ticket desk" }]);
  });

  it("takes what is typed for a text, whatever signs are in it", async () => {
    for (const typed of ["%", "_", "\\", "' OR 1=1 --", "\0"]) expect(await suggest("agent", `x${typed}`)).toEqual([]);
  });

  it("refuses a member, with an entry", async () => {
    const member = await makePerson();
    const { error, entries } = await observe(() =>
      suggestAudit(personCtx({ ...member, consoleRole: "member" }), { name: "person", typed: "ana" }),
    );
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "audit.search", outcome: "denied" }]);
  });
});
