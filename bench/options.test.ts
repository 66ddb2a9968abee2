import { describe, expect, it } from "vitest";
import { OptionError, readOptions } from "./options";

describe("readOptions", () => {
  it("measures the peers in three rounds where nothing is said", () => {
    expect(readOptions([], {})).toMatchObject({ scenarios: ["peers"], rounds: 3, seconds: 6, only: [], write: false });
  });

  it("takes the environment where there is no argument, and the argument where there are both", () => {
    const env = { BENCH_SECONDS: "9", BENCH_ROUNDS: "9", BENCH_ONLY: "echo" };
    const options = readOptions(["--seconds", "2", "--only=echo,gatehouse-durable"], env);
    expect(options).toMatchObject({ seconds: 2, rounds: 9, only: ["echo", "gatehouse-durable"] });
  });

  it("is quick where that is asked for, but for what is said beside it", () => {
    expect(readOptions(["--quick", "--rounds", "2"], {})).toMatchObject({ seconds: 1.5, rounds: 2 });
  });

  it("knows all scenarios by one word", () => {
    expect(readOptions(["--scenario", "all"], {}).scenarios).toEqual([
      "peers",
      "million",
      "flood",
      "revocation",
      "oauth",
      "audit",
    ]);
  });

  it("refuses what it does not know, in a sentence", () => {
    for (const args of [
      ["--only", "nobody"],
      ["--scenario", "x"],
      ["--seconds", "0"],
      ["--rounds", "many"],
    ])
      expect(() => readOptions(args, {})).toThrow(OptionError);
  });
});
