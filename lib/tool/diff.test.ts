import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { suggestAccess } from "./definition";
import { diffTools, type RegisteredTool } from "./diff";
import type { RemoteTool } from "./remote-tool";
import { suggestScope } from "./suggest";

const definition = { title: "", description: "", annotations: {}, inputSchema: { type: "object" } };
const remote = (name: string, more: Partial<RemoteTool["definition"]> = {}): RemoteTool => ({
  name,
  definition: { ...definition, ...more },
});
const registered = (name: string, more: Partial<RegisteredTool> = {}): RegisteredTool => ({
  id: `tol_${name}`,
  name,
  source: "import",
  drift: "none",
  definition,
  pending: null,
  ...more,
});

describe("diffTools", () => {
  it("tells a hint that went from read-only to destructive", () => {
    const before = registered("a", { definition: { ...definition, annotations: { readOnlyHint: true } } });
    const { drifted } = diffTools([before], [remote("a", { annotations: { destructiveHint: true } })]);
    expect(drifted).toMatchObject([{ fields: ["annotations"] }]);
  });

  it("does not mind the order of a schema's keys", () => {
    const before = registered("a", { definition: { ...definition, inputSchema: { type: "object", required: ["x"] } } });
    const diff = diffTools([before], [remote("a", { inputSchema: { required: ["x"], type: "object" } })]);
    expect(diff).toMatchObject({ drifted: [], unchanged: 1 });
  });

  it("lets a tool return that is as accepted again, whether it had changed or gone", () => {
    const gone = registered("a", { drift: "removed" });
    const changed = registered("b", { drift: "changed", pending: { ...definition, title: "B" } });
    const diff = diffTools([gone, changed], [remote("a"), remote("b")]);
    expect(diff.returned.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(diff).toMatchObject({ unchanged: 2, drifted: [], removed: [] });
  });

  it("takes the live definition for a tool added by hand, and never calls one removed that no import saw", () => {
    const hand = { source: "manual", definition: { ...definition, inputSchema: null } } as const;
    const diff = diffTools([registered("a", hand), registered("b", hand)], [remote("a")]);
    expect(diff.adopted).toMatchObject([{ seen: { name: "a" }, fields: ["inputSchema"] }]);
    expect(diff.removed).toEqual([]);
  });

  it("puts every tool in exactly one place, and finds nothing to do a second time", () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"));
    const variant = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.constantFrom("", "other"));
    fc.assert(
      fc.property(names, names, variant, (known, seen, titles) => {
        const live = seen.map((name) => remote(name, { title: titles[name] ?? "" }));
        const diff = diffTools(
          known.map((name) => registered(name)),
          live,
        );
        expect(diff.added.length + diff.drifted.length + diff.unchanged).toBe(seen.length);
        expect(diff.drifted.length + diff.unchanged + diff.removed.length).toBe(known.length);
        const accepted = live.map(({ name, definition: now }) => registered(name, { definition: now }));
        expect(diffTools(accepted, live)).toMatchObject({
          added: [],
          drifted: [],
          removed: [],
          unchanged: seen.length,
        });
      }),
      { seed: 1 },
    );
  });
});

describe("suggestAccess", () => {
  it.each([
    [{}, "write"],
    [{ readOnlyHint: true }, "read"],
    [{ readOnlyHint: false }, "write"],
    [{ readOnlyHint: false, destructiveHint: false }, "write"],
    [{ destructiveHint: true }, "write"],
    [{ readOnlyHint: true, destructiveHint: true }, "write"],
    [{ readOnlyHint: true, destructiveHint: false }, "read"],
  ] as const)("suggests for %o: %s", (annotations, access) => {
    expect(suggestAccess(annotations)).toBe(access);
  });
});

describe("suggestScope", () => {
  const read = (name: string) => ({ name, access: "read" as const });

  it.each([
    ["none of that access", [{ name: "tickets:write", access: "write" as const }], "tickets:read", false],
    ["the one of that name", [read("other:read"), read("tickets:read")], "tickets:read", true],
    ["the only one of that access", [read("other:read")], "other:read", true],
    ["several, none of that name", [read("a:read"), read("b:read")], "tickets:read", false],
    ["the name with another access", [{ name: "tickets:read", access: "admin" as const }], "tickets:read-2", false],
  ])("where the server has %s", (_what, scopes, name, exists) => {
    expect(suggestScope("tickets", "read", scopes)).toEqual({ name, exists });
  });
});
