import { describe, expect, it } from "vitest";
import { countHidden, coveringWildcard, groupState, searchScopes, wildcardsOf, type ScopeGroup } from "./scope-groups";

const groups: ScopeGroup[] = [
  {
    serverId: "srv_1",
    serverName: "Tickets",
    scopes: [
      { name: "tickets:read", access: "read", description: "Reads tickets", tools: ["list_tickets"] },
      { name: "tickets:write", access: "write", description: "", tools: ["close_ticket"] },
    ],
  },
  {
    serverId: "srv_2",
    serverName: "Billing",
    scopes: [{ name: "bills:read", access: "read", description: "", tools: [] }],
  },
];

describe("searchScopes", () => {
  it("finds a scope by a tool that it opens, and drops groups without a match", () => {
    const found = searchScopes(groups, "CLOSE_t");
    expect(found.map((group) => group.scopes.map((scope) => scope.name))).toEqual([["tickets:write"]]);
  });

  it("needs every word", () => {
    expect(searchScopes(groups, "billing read")).toHaveLength(1);
    expect(searchScopes(groups, "billing close")).toHaveLength(0);
    expect(searchScopes(groups, "  ")).toHaveLength(2);
  });
});

describe("countHidden", () => {
  it("counts what is ticked but not in sight", () => {
    expect(countHidden(["tickets:read", "bills:read"], searchScopes(groups, "billing"))).toBe(1);
    expect(countHidden(["tickets:read"], groups)).toBe(0);
  });
});

describe("groupState", () => {
  it("tells all, none and some apart", () => {
    const [tickets] = groups as [ScopeGroup];
    expect(groupState(tickets, new Set())).toBe(false);
    expect(groupState(tickets, new Set(["tickets:read"]))).toBe("indeterminate");
    expect(groupState(tickets, new Set(["tickets:read", "tickets:write"]))).toBe(true);
  });
});

describe("wildcardsOf", () => {
  it("offers what covers two scopes or more, and what is ticked whatever it covers", () => {
    const [tickets, billing] = groups as [ScopeGroup, ScopeGroup];
    expect(wildcardsOf(tickets, new Set())).toEqual([{ pattern: "tickets:*", covers: 2 }]);
    expect(wildcardsOf(billing, new Set())).toEqual([]);
    expect(wildcardsOf(billing, new Set(["gone:*"]))).toEqual([{ pattern: "gone:*", covers: 0 }]);
  });
});

describe("coveringWildcard", () => {
  it("finds the ticked wildcard that gives a scope, and not the scope's own tick", () => {
    expect(coveringWildcard("tickets:read", new Set(["tickets:read"]))).toBeNull();
    expect(coveringWildcard("tickets:read", new Set(["tickets:*"]))).toBe("tickets:*");
    expect(coveringWildcard("ticketsy:read", new Set(["tickets:*"]))).toBeNull();
  });
});
