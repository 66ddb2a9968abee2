import { beforeAll, describe, expect, it, vi } from "vitest";
import { ecsFormat } from "@/lib/audit/sinks/formats/ecs";
import { ocsfFormat } from "@/lib/audit/sinks/formats/ocsf";
import { db } from "@/lib/db";
import { anonymousCtx } from "@/lib/testing/ctx";
import { entriesSince, observe, useTestDatabase } from "@/lib/testing/database";
import { ecsFaults } from "@/lib/testing/ecs-schema";
import { ocsfSchema, WITHOUT_OCSF_SCHEMA } from "@/lib/testing/ocsf-schema";
import { useListener } from "../authority/oauth/testing/listener";
import { eventsPage, withoutExample } from "./events-doc";
import { unpromised } from "./promises";
import { scan, seen } from "./registry";
import { faultsAsShipped } from "./shipped";
import { takeTour } from "./tour";

vi.mock("@/lib/verb", async (original) => {
  const actual = await original<typeof import("@/lib/verb")>();
  const { nameAtHand, seen, watching } = await import("./registry");
  const defineVerb: typeof actual.defineVerb = (definition, work) => watching(actual.defineVerb, definition, work);
  const defineRead: typeof actual.defineRead = (definition, work) => {
    const read = actual.defineRead(definition, work);
    seen.reads.push({ name: nameAtHand(), verb: read as never });
    return read;
  };
  return { ...actual, defineVerb, defineRead };
});

/** A test's database is no folder that can be copied: `server/database/` has that. The entry is the real command's. */
vi.mock("@/server/database/backup", () => ({ backUpEmbedded: () => Promise.resolve() }));

const verbs = scan("defineVerb");
const reads = scan("defineRead");
for (const name of [...verbs.names, ...reads.names]) await import(/* @vite-ignore */ `../../lib/${name.split(" ")[0]}`);

useTestDatabase();
const { reach, issuer } = useListener();

/** What leaves no entry when it succeeds, and why. So does every read: what may be seen is looked at all the time. */
const SILENT: Record<string, string> = {
  "second-factor/enrol.ts startEnrolment": "its secret counts for nothing until a code of it is given, which is recorded",
  "session/accept-invitation.ts readInvitation": "greets who has the link, and uses nothing up",
  "session/first-run.ts prepareFirstRun": "prints a link, and that link's use is recorded (an owner whom it raises: first-owner.db.test.ts)",
}; // prettier-ignore
/** Those whose proof is in the input: `refusals.db.test.ts` has theirs. */
const OPEN = "anyone";

describe("every verb", () => {
  it("is found: none is made in a way that the scan does not see", () => {
    expect([verbs.calls, reads.calls]).toEqual([verbs.names.length, reads.names.length]);
    expect(seen.verbs.map(({ name }) => name).sort()).toEqual([...verbs.names].sort());
    expect(seen.reads.map(({ name }) => name).sort()).toEqual([...reads.names].sort());
  });

  describe("done", () => {
    beforeAll(() => takeTour(reach, issuer()), 120_000);

    it.each(verbs.names)("%s leaves an entry in its own transaction", (name) => {
      const { recorded, silent } = seen.verbs.find((verb) => verb.name === name) ?? { recorded: 0, silent: 0 };
      if (name in SILENT) expect(silent).toBeGreaterThan(0);
      else expect({ recorded: recorded > 0, silent }).toEqual({ recorded: true, silent: 0 });
    });

    it("records only what the catalogue promises", async () => {
      expect([...new Set((await entriesSince()).flatMap(unpromised))]).toEqual([]);
    });

    it("records no name, no address and no word that was searched for in clear: all of them can be erased", async () => {
      const bodies = (await db().auditEntry.findMany({ select: { body: true } })).map(({ body }) => body).join("\n");
      const said = await db().auditPersonal.findMany({ select: { field: true, value: true } });
      expect(new Set(said.map(({ field }) => field))).toEqual(new Set(["name", "email", "subject", "text"]));
      const clear = said.filter(({ field, value }) =>
        field === "name" || field === "email" ? bodies.includes(value) : bodies.includes(JSON.stringify(value)),
      );
      expect(clear).toEqual([]);
    });
  });

  it.each([...verbs.names, ...reads.names])("%s, refused to nobody in particular, leaves exactly one entry that says so", async (name) => {
    const found = [...seen.verbs, ...seen.reads].find((one) => one.name === name);
    if (!found) throw new Error(`${name} was not made`);
    const { action, permission } = found.verb.definition;
    if (permission === OPEN) return;
    const { error, entries } = await observe(() => found.verb(anonymousCtx(), {} as never));
    expect(error).toMatchObject({ code: "unauthenticated" });
    expect(entries).toMatchObject([{ action, outcome: "denied", reason: "unauthenticated" }]);
  }); // prettier-ignore
});

describe("all of it, done and refused, as it is shipped", () => {
  it("is valid by Elastic's own definitions of ECS", async () => {
    expect(await faultsAsShipped(ecsFormat, (event) => ecsFaults(event, "gatehouse"))).toEqual([]);
  });

  const ocsf = ocsfSchema();
  if (ocsf)
    it("is valid by OCSF's own schema, as its server judges", async () => {
      expect(await faultsAsShipped(ocsfFormat, (event) => ocsf.faultsOf(event))).toEqual([]);
    });
  else console.warn(`Not checked: OCSF's own schema. To check it, ${WITHOUT_OCSF_SCHEMA}.`);
});

describe("docs/audit-events.md", () => {
  it("says what the catalogue says, with an example of each that was really recorded: else `npm run audit-events`", async () => {
    const entries = await entriesSince();
    expect(withoutExample(entries)).toEqual([]);
    await expect(await eventsPage(entries)).toMatchFileSnapshot("../../docs/audit-events.md");
  });
});
