import { describe, expect, it } from "vitest";
import { auditHref, chipsOf, readAuditUrl, searchInput, toggledHref } from "./audit-url";

const NOW = Date.parse("2026-11-21T10:00:30Z");

describe("readAuditUrl", () => {
  it("takes the last seven days where nothing is asked for, and no beginning for all time", () => {
    expect(readAuditUrl({}, NOW)).toMatchObject({ range: "7d", filter: { from: "2026-11-14T10:00:00.000Z" } });
    expect(readAuditUrl({ range: "all" }, NOW).filter.from).toBeUndefined();
  });

  it("reads lists repeated or by commas, exact times as UTC, and leaves unknown parameters out", () => {
    const view = readAuditUrl({ action: ["token.mint", "a,b"], from: "2026-11-01T00:00", evil: "x" }, NOW);
    expect(view).toMatchObject({
      range: null,
      filter: { action: ["token.mint", "a", "b"], from: "2026-11-01T00:00:00Z" },
    });
    expect(view.params.has("evil")).toBe(false);
  });

  it("leaves out what it does not understand, says so, and still is a search", () => {
    const view = readAuditUrl({ outcome: "maybe", server: "x".repeat(201), tool: "t" }, NOW);
    expect(view.faults).toHaveLength(2);
    expect(searchInput(view)).toMatchObject({ outcome: [], tool: "t" });
  });
});

describe("auditHref", () => {
  const params = new URLSearchParams("action=a&action=b&cursor=c&entry=e&q=x");

  it("goes to the newest page when a filter changes, and stays when an entry opens", () => {
    expect(auditHref(params, { q: null })).toBe("/audit?action=a&action=b");
    expect(auditHref(params, { entry: "f" })).toContain("cursor=c");
  });

  it("adds and takes away one value of a list", () => {
    expect(toggledHref(params, "action", "a")).toBe("/audit?q=x&action=b");
    expect(toggledHref(params, "action", "z")).toContain("action=a&action=b&action=z");
    expect(chipsOf(params).map(({ name, value }) => `${name}=${value}`)).toEqual(["action=a", "action=b", "q=x"]);
  });
});
