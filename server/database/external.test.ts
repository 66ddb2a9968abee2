import { describe, expect, it } from "vitest";
import { printableDatabase, requireNewEnough } from "./external";

const URL = "postgresql://ada:hunter2@db.example:5433/gate";

describe("requireNewEnough", () => {
  it("refuses a server older than 15 in one sentence, without the login", () => {
    expect(() => requireNewEnough(URL, 140_012)).toThrow(
      "The database at db.example:5433/gate is PostgreSQL 14: Gatehouse needs 15 or newer.",
    );
  });

  it("accepts 15 and everything newer", () => {
    for (const version of [150_000, 150_014, 180_004]) expect(() => requireNewEnough(URL, version)).not.toThrow();
  });

  it("refuses what tells no version", () => {
    expect(() => requireNewEnough(URL, Number.NaN)).toThrow("does not answer as a PostgreSQL server");
  });
});

describe("printableDatabase", () => {
  it("never holds the login", () => {
    expect(printableDatabase(URL)).toBe("db.example:5433/gate");
  });
});
