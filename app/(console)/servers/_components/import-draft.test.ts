import { expect, it } from "vitest";
import { headerNameError, missingInImport, toImportInput, type HeaderRow, type ImportDraft } from "./import-draft";

const row = (id: number, name: string, value: string): HeaderRow => ({ id, name, value });
const draft = (...headers: HeaderRow[]): ImportDraft => ({ url: " https://a.example.com/mcp ", headers });

it("leaves out empty rows, and keeps values as they were typed", () => {
  const typed = draft(row(1, " Authorization ", "Bearer  x "), row(2, "", ""));
  expect(toImportInput(typed)).toEqual({
    url: "https://a.example.com/mcp",
    headers: { Authorization: "Bearer  x " },
  });
  expect(missingInImport(typed)).toBeNull();
});

it("finds a value without a name, a name that cannot be sent, and the second of two that are the same", () => {
  const twice = draft(row(1, "X-Key", "a"), row(2, "x-key", "b"));
  expect(twice.headers.map((each) => headerNameError(twice, each))).toEqual([null, "Given twice."]);
  const faulty = draft(row(1, "", "secret"), row(2, "X Key", "a"));
  expect(faulty.headers.map((each) => headerNameError(faulty, each) !== null)).toEqual([true, true]);
  expect(missingInImport(faulty)).toBe("Correct the headers first");
});

it("waits for an address that can be asked", () => {
  expect(missingInImport({ url: "urn:example:tickets", headers: [] })).toMatch(/http/);
});
