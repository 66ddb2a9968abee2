import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PROTOCOL_MUTANTS } from "./protocol-mutants";

it.each(Object.entries(PROTOCOL_MUTANTS))("%s: the step stands in one place", (_name, { file, find }) => {
  expect(readFileSync(file, "utf8").split(find)).toHaveLength(2);
});
