import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PROTOCOL_MUTANTS } from "./protocol-mutants";

it.each(Object.entries(PROTOCOL_MUTANTS))("%s: each of its places is there once", (_name, edits) => {
  for (const { file, find } of edits) expect(readFileSync(file, "utf8").split(find)).toHaveLength(2);
});
