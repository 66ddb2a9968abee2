import { describe, expect, it } from "vitest";
import { spreadFacts } from "./spread-facts";

const told = (details: unknown) =>
  Object.fromEntries(spreadFacts({ body: { details } }).map(({ term, detail }) => [term, detail]));

describe("spreadFacts", () => {
  it("tells a revocation's number and who confirmed it", () => {
    expect(told({ seq: 812, confirmedBy: 3, processes: 3, waitedMs: 6.4 })).toEqual({
      Change: "number 812",
      "Confirmed by": "3 of 3 processes, in 6 ms",
    });
  });

  it("claims no confirmation of an urgent one, which is recorded before anybody could confirm", () => {
    expect(told({ seq: 813, urgent: true })).toEqual({
      Change: "number 813",
      Urgent: "each process refused as soon as it heard of it",
    });
  });

  it("tells how many tokens ended", () => {
    expect(told({ revoked: 1, urgent: false })).toEqual({ Revoked: "1 token" });
  });

  it("has nothing to tell of an entry without such details, or with others", () => {
    for (const details of [undefined, null, "text", { confirmedBy: "3", processes: 3 }, { seq: null }])
      expect(told(details)).toEqual({});
  });
});
