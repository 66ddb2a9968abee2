import { describe, expect, it } from "vitest";
import { withSection } from "./document";

describe("withSection", () => {
  it("adds a section at the end, and replaces it the next time, with all around it as it was", () => {
    const once = withSection("# Measurements\n\nBy hand.\n", "peers", "first");
    expect(once).toContain("By hand.\n\n<!-- bench:peers");
    const twice = withSection(`${once}\nMore by hand.\n`, "peers", "second");
    expect(twice).toBe(`${once.replace("first", "second")}\nMore by hand.\n`);
  });

  it("leaves the sections of other scenarios alone", () => {
    const both = withSection(withSection("# M\n", "peers", "one"), "flood", "two");
    expect(withSection(both, "peers", "three")).toBe(both.replace("one", "three"));
  });
});
