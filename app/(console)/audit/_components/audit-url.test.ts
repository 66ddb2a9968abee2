import { describe, expect, it } from "vitest";
import { auditHref, pivotHref, queryHref, rangeHref, readAuditUrl, searchInput } from "./audit-url";

const NOW = Date.parse("2026-11-21T10:00:30Z");
const q = (raw: Parameters<typeof readAuditUrl>[0]) => readAuditUrl(raw, NOW).params.get("q");

describe("readAuditUrl", () => {
  it("takes the last seven days where nothing is asked for, and no beginning for all time", () => {
    expect(readAuditUrl({}, NOW)).toMatchObject({ range: "7d", filter: { from: "2026-11-14T10:00:00.000Z" } });
    expect(readAuditUrl({ range: "all" }, NOW).filter.from).toBeUndefined();
    expect(readAuditUrl({ range: "never" }, NOW).range).toBe("7d");
  });

  it("lets a time in the query count for more than the range, unless it bounds nothing", () => {
    expect(readAuditUrl({ q: "created:-1h x", range: "7d" }, NOW)).toMatchObject({
      range: null,
      filter: { from: undefined },
    });
    expect(readAuditUrl({ q: "-created:today" }, NOW).range).toBe("7d");
  });

  it("folds fields of links from elsewhere into the query, lists repeated or by commas, exact times as UTC", () => {
    expect(q({ action: ["token.mint", "role.*,key.*"], requestId: "req_1", q: "x OR y" })).toBe(
      "(x OR y) action:token.mint,role.*,key.* request:req_1",
    );
    expect(q({ from: "2026-11-01T00:00", to: "2026-11-02T00:00:00Z" })).toBe(
      "created:>=2026-11-01T00:00:00Z created:<2026-11-02T00:00:00Z",
    );
    expect(readAuditUrl({ token: "tok_1", evil: "x" }, NOW)).toMatchObject({ folded: true, text: "token:tok_1" });
    expect(readAuditUrl({ q: "x", evil: "y" }, NOW)).toMatchObject({ folded: false, text: "x" });
    expect(readAuditUrl({ outcome: "maybe", tool: "t", to: "x" }, NOW)).toMatchObject({
      text: "created:<xZ outcome:maybe tool:t",
      errors: [{ from: 9 }, { from: 20 }],
    });
  });

  it("keeps a query that cannot be read, with what is wrong with it", () => {
    const view = readAuditUrl({ q: "outcome:nope", token: "tok_1" }, NOW);
    expect(view).toMatchObject({ text: "outcome:nope", errors: [{ from: 8, to: 12 }] });
    expect(searchInput(view)).toMatchObject({ q: "outcome:nope", limit: 100 });
  });
});

describe("links", () => {
  const params = new URLSearchParams("q=x&cursor=c&entry=e&range=1h");

  it("go to the newest page when the query changes, and stay when an entry opens", () => {
    expect(auditHref(params, { q: null })).toBe("/audit?range=1h");
    expect(auditHref(params, { entry: "f" })).toContain("cursor=c");
    expect(queryHref(params, readAuditUrl({ q: "a  AND b" }, NOW).query)).toBe("/audit?q=a+b&range=1h");
  });

  it("take the query's own time away where a named range is chosen", () => {
    expect(rangeHref(readAuditUrl({ q: "x created:today", range: "1h" }, NOW), "24h")).toBe("/audit?q=x&range=24h");
    expect(rangeHref(readAuditUrl({ q: "(", range: "1h" }, NOW), "24h")).toBe("/audit?q=%28&range=24h");
  });

  it("lead to everything that a value finds", () => {
    expect(pivotHref("tool", "a b")).toBe("/audit?range=all&q=tool%3A%22a+b%22");
  });
});
