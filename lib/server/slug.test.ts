import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slugField } from "./schema";
import { firstFreeSlug } from "./slug";
import { slugFrom } from "./slug-from";

describe("slugFrom", () => {
  it("keeps letters and digits, and drops marks", () => {
    expect(slugFrom("Tickets & Café 2")).toBe("tickets-cafe-2");
    expect(slugFrom("  --Ünïcode--  ")).toBe("unicode");
  });

  it("answers `server` where nothing of the name is left", () => {
    expect(slugFrom("票务")).toBe("server");
    expect(slugFrom("!!!")).toBe("server");
  });
});

describe("firstFreeSlug", () => {
  it("counts from 2", () => {
    expect(firstFreeSlug("a", new Set())).toBe("a");
    expect(firstFreeSlug("a", new Set(["a", "a-2", "a-4"]))).toBe("a-3");
  });

  it("always answers a valid slug that is not taken, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 0, max: 30 }), (name, doubles) => {
        const taken = new Set<string>();
        for (let i = 0; i <= doubles; i++) {
          const slug = firstFreeSlug(slugFrom(name), taken);
          expect(taken.has(slug)).toBe(false);
          expect(slugField.safeParse(slug).success).toBe(true);
          taken.add(slug);
        }
      }),
      { seed: 1 },
    );
  });
});
