import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameDefinitionPart } from "@/lib/tool/definition";
import { definitionChanges, jsonChanges } from "./definition-changes";

const definition = { title: "", description: "", annotations: {}, inputSchema: null as unknown };

describe("definitionChanges", () => {
  it("names the place in the schema that changed, and nothing else", () => {
    const before = { ...definition, inputSchema: { type: "object", properties: { id: { type: "integer" } } } };
    const after = {
      ...definition,
      description: "Now it pays",
      annotations: { destructiveHint: true },
      inputSchema: { properties: { id: { type: "string" }, all: { type: "boolean" } }, type: "object" },
    };
    expect(definitionChanges(before, after)).toEqual([
      { field: "description", before: "", after: "Now it pays" },
      { field: "claims.destructiveHint", before: null, after: true },
      { field: "input.properties.id.type", before: "integer", after: "string" },
      { field: "input.properties.all.type", before: null, after: "boolean" },
    ]);
  });

  it("tells lists as lists, and whole where only their order changed", () => {
    expect(jsonChanges({ required: ["a"] }, { required: ["a", "b"] }, "input")).toEqual([
      { field: "input.required", before: ["a"], after: ["a", "b"] },
    ]);
    expect(jsonChanges(["a", "b"], ["b", "a"], "input")).toEqual([
      { field: "input", before: '["a","b"]', after: '["b","a"]' },
    ]);
  });

  it("tells a schema that came or went", () => {
    expect(definitionChanges(definition, { ...definition, inputSchema: { type: "object" } })).toEqual([
      { field: "input.type", before: null, after: "object" },
    ]);
  });

  it("finds a change exactly where the import does", () => {
    const json = fc.dictionary(
      fc.string(),
      fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== null),
    );
    fc.assert(
      fc.property(json, json, (before, after) => {
        const same = sameDefinitionPart(before, after);
        expect(jsonChanges(before, after, "input").length === 0).toBe(same);
      }),
    );
  });
});
