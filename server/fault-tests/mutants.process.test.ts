import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp } from "../process-tests/gatehouse";
import { Cluster, type Member } from "./cluster";
import type { Violation } from "./history";
import { startMembers } from "./members";
import { bundleMutant } from "./mutants";
import { PROTOCOL_MUTANTS, type MutantName } from "./protocol-mutants";
import { violationText } from "./report";
import { answeredLate, followsUrgent, hearsNothing, readOvertaken, Scene, type Scenario } from "./scenarios";

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});
afterAll(async () => {
  await cluster.close();
  await cleanUp();
});

/** The times that a scenario is played: a busy machine may miss the moment once, but not always. */
const PLAYS = 2;
const PLAYS_UNTIL_CAUGHT = 12;

type Histories = Scene["histories"];

/** Plays a scenario with two authorities of their own, until `enough` of it was played. */
async function play(
  scenario: Scenario,
  enough: (histories: Histories, plays: number) => boolean,
  script?: string,
): Promise<Histories> {
  let members: Member[] = [];
  try {
    members = await startMembers(cluster, 2, script);
    const scene = new Scene(cluster, members);
    for (let plays = 0; !enough(scene.histories, plays); plays++) {
      await scenario(scene);
      scene.histories.judgeAll();
    }
    return scene.histories;
  } finally {
    for (const member of members) await cluster.remove(member);
  }
}

const CASES: [string, Scenario, Partial<Record<MutantName, Violation["kind"]>>][] = [
  [
    "an authority that hears nothing of a revocation",
    hearsNothing,
    {
      "the lease is not looked at when a cached answer is used": "stale_allow",
      "nobody waits for leases": "stale_allow",
      "a change is made before everybody has dropped what it takes away": "allow_after_deny",
      "what is about to be narrowed is cached": "stale_allow",
    },
  ],
  [
    "an authority whose renewals are answered almost a lease late",
    answeredLate,
    { "the lease counts from when its renewal was answered, not sent": "stale_allow" },
  ],
  [
    "a read that a revocation overtakes",
    readOvertaken,
    { "a read is cached although something was changed since it began": "stale_allow" },
  ],
  ["a revocation that follows an urgent one", followsUrgent, {}],
];

describe.each(CASES)("%s", (_name, scenario, mutants) => {
  it("allows nothing that was revoked, and denies everywhere at one moment", async () => {
    const { violations, counts } = await play(scenario, (_, plays) => plays === PLAYS);
    expect(violations.map(violationText)).toEqual([]);
    expect(counts["validate allow"]).toBeGreaterThan(0);
    expect(counts["validate revoked"]).toBeGreaterThan(0);
  });

  it.each(Object.entries(mutants))("shows a violation where %s: %s", async (name, kind) => {
    const script = await bundleMutant(name, PROTOCOL_MUTANTS[name as MutantName]);
    const isCaught = ({ violations }: Histories) => violations.some((violation) => violation.kind === kind);
    const enough = (histories: Histories, plays: number) => isCaught(histories) || plays === PLAYS_UNTIL_CAUGHT;
    expect(isCaught(await play(scenario, enough, script))).toBe(true);
  });
});

describe("the mutants", () => {
  it("are all caught by a scenario of their own", () => {
    const caught = CASES.flatMap(([, , mutants]) => Object.keys(mutants));
    expect(caught.sort()).toEqual(Object.keys(PROTOCOL_MUTANTS).sort());
  });
});
