import { describe, expect, it } from "vitest";
import { badgeMeaning } from "./badge-words";

describe("badgeMeaning", () => {
  it("tells a badge's figures, one and many, and none where there are none", () => {
    expect(badgeMeaning({ kind: "new_address", count: 1 })).toBe(
      "First seen from this address: one other place was known before",
    );
    expect(badgeMeaning({ kind: "new_address", count: 1200 })).toContain("1,200 other places were");
    expect(badgeMeaning({ kind: "denial_burst", count: 20 })).toContain("20 within a minute");
    expect(badgeMeaning({ kind: "woke", count: 45 })).toBe("First use after a long rest: 45 days");
    expect(badgeMeaning({ kind: "revoked_use", count: null })).toBe("Used after it was revoked or rotated out");
  });
});
