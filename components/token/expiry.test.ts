import { describe, expect, it } from "vitest";
import { checkExpiry, expiryMoment, toLocalInput } from "./expiry";

const NOW = Date.parse("2026-11-21T09:00:00Z");

describe("checkExpiry", () => {
  it("refuses the past, the unfinished, and what policy forbids", () => {
    expect(checkExpiry({ expiresAt: "2026-11-21T08:59:59Z" }, NOW, null).error).toBe("That moment has passed.");
    expect(checkExpiry({ expiresAt: "" }, NOW, null).error).toBe("Give a day and a time.");
    expect(checkExpiry({ expiresInSeconds: 7201 }, NOW, 7200).error).toBe("That is later than policy allows.");
    expect(checkExpiry({ expiresInSeconds: 7200 }, NOW, 7200).error).toBeNull();
  });

  it("warns under an hour, and not at an hour", () => {
    expect(checkExpiry({ expiresInSeconds: 3599 }, NOW, null).warning).not.toBeNull();
    expect(checkExpiry({ expiresInSeconds: 3600 }, NOW, null).warning).toBeNull();
  });
});

describe("expiryMoment", () => {
  it("is the same moment however it is given", () => {
    expect(expiryMoment({ expiresInSeconds: 60 }, NOW)).toBe("2026-11-21T09:01:00.000Z");
    expect(expiryMoment({ expiresAt: "2026-11-21T10:01:00+01:00" }, NOW)).toBe("2026-11-21T09:01:00.000Z");
  });
});

describe("toLocalInput", () => {
  it("comes back as the same minute on this clock", () => {
    expect(new Date(toLocalInput("2026-11-21T09:01:00Z")).toISOString()).toBe("2026-11-21T09:01:00.000Z");
  });
});
