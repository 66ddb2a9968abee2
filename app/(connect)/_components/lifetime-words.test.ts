import { describe, expect, it } from "vitest";
import { lifetimeInWords, spanInWords } from "./lifetime-words";

const DAY = 86_400;

describe("how long access lasts, in words", () => {
  it.each([
    [365 * DAY, "365 days"],
    [DAY + 12 * 3600 + 59, "1 day and 12 hours"],
    [DAY, "1 day"],
    [3600, "1 hour"],
    [900, "15 minutes"],
    [90, "1 minute and 30 seconds"],
    [1, "1 second"],
    [0, "0 seconds"],
  ])("%d s is %s, never said to be longer than it is", (seconds, words) => expect(spanInWords(seconds)).toBe(words));

  it("says both ends of access that is kept, besides the person's own", () => {
    const lasts = { atMostSeconds: 365 * DAY, unusedSeconds: 30 * DAY };
    expect(lifetimeInWords({ keepsAccess: true, lasts })).toMatch(
      /until you end it.*: at most 365 days, and 30 days without use\.$/,
    );
  });

  it("says only the whole span where rest does not end it sooner", () => {
    const lasts = { atMostSeconds: 7 * DAY, unusedSeconds: 7 * DAY };
    expect(lifetimeInWords({ keepsAccess: true, lasts })).toMatch(/: at most 7 days\.$/);
  });

  it("says when access ends that is not kept, also where that is a day and not an hour", () => {
    expect(lifetimeInWords({ keepsAccess: false, lasts: { atMostSeconds: DAY, unusedSeconds: 600 } })).toBe(
      "Its access ends after 1 day, or 10 minutes without use, and it asks again.",
    );
  });
});
