import { expect, it } from "vitest";
import { counted, countedFirst } from "./counted";

it("counts in words as a sentence has them: one, none, many, and plurals that are more than an s", () => {
  expect([counted(1, "token"), counted(0, "token"), counted(1204, "token")]).toEqual(["1 token", "0 tokens", "1,204 tokens"]); // prettier-ignore
  expect([counted(1, "entry", "entries"), counted(2, "entry", "entries")]).toEqual(["1 entry", "2 entries"]);
  expect([countedFirst(1, "live token"), countedFirst(2, "tool is", "tools are")]).toEqual(["One live token", "2 tools are"]); // prettier-ignore
});
