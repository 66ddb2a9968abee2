import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "./parse";
import { describe as qualifier, QUALIFIER_NAMES, qualifierOf } from "./qualifiers";

const DOC = readFileSync(new URL("../../../docs/audit-query.md", import.meta.url), "utf8");
const section = DOC.slice(DOC.indexOf("## Qualifiers"), DOC.indexOf("## Faults"));
const rows = [...section.matchAll(/^\| `([a-z]+)`\s*\|(.*)\| `(.+)`\s*\|$/gm)];
const examples = [...DOC.matchAll(/```query\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));

describe("docs/audit-query.md", () => {
  it("documents every qualifier there is and no other, with each of its other names", () => {
    expect(rows.map(([, name]) => name).toSorted()).toEqual(QUALIFIER_NAMES.toSorted());
    for (const [row, name = ""] of rows) {
      const known = qualifierOf(name);
      for (const alias of (known && qualifier(known).aliases) ?? []) expect(row).toContain(`\`${alias}\``);
      for (const choice of (known && name !== "action" && qualifier(known).choices) || [])
        expect(row).toContain(`\`${choice}\``);
    }
  });

  it("has no example that is not a query", () => {
    expect(examples.length).toBeGreaterThan(10);
    for (const example of [...examples, ...rows.map(([, , , shown = ""]) => shown)])
      expect(parse(example), example).toMatchObject({ ok: true });
  });
});
