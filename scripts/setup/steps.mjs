import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundleOptions } from "./bundle.mjs";
import { contentHash, isStamped, stamp } from "./stamp.mjs";
import { runStep, SetupError } from "./run.mjs";

const LOCK = "package-lock.json";
const DIST = "dist";
/** What each built thing depends on. */
const SHARED_INPUTS = ["lib", "prisma/schema.prisma", "package.json", LOCK, "tsconfig.json"];
const CONSOLE_INPUTS = [
  ...SHARED_INPUTS,
  "app",
  "components",
  "public",
  "next.config.ts",
  "postcss.config.mjs",
  "proxy.ts",
];
const BUNDLE_INPUTS = [...SHARED_INPUTS, "server", "cli", "prisma/seed", "scripts/setup"];

/** The programs that are bundled, by the name of their bundle. */
const BUNDLES = {
  launcher: "server/launcher/main.ts",
  authority: "server/authority/main.ts",
  console: "server/console/main.ts",
  keeper: "server/keeper/main.ts",
  cli: "cli/main.ts",
  "audit-checker": "server/audit-checker/main.ts",
  demo: "server/demo/main.ts",
  dev: "server/dev/main.ts",
  migration: "server/migration/main.ts",
};

/** Throws `SetupError` where this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new SetupError(`Gatehouse needs Node 20.19 or newer; this is ${process.version}.`);
}

/** @param {string} folder Throws `SetupError` where something must be built and the project's folder is not writable. */
function requireWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch {
    throw new SetupError(`The folder ${folder} cannot be written: change its rights, or run as the user that owns it.`);
  }
}

/** Installs the packages of the lock file, where that was not done for this very lock. */
export async function ensureInstalled() {
  const hash = contentHash([LOCK]);
  const mark = join("node_modules", ".gatehouse-lock");
  if (isStamped(mark, hash)) return;
  requireWritable(process.cwd());
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  await runStep("Installing packages (one or two minutes)", "npm", args, { env: { ...process.env, NODE_ENV: "" } });
  stamp(mark, hash);
}

/** Generates the database client, where the schema changed. */
export async function ensureGenerated() {
  const hash = contentHash(["prisma/schema.prisma", "prisma.config.ts", LOCK]);
  const mark = join("lib", "generated", ".gatehouse-schema");
  if (isStamped(mark, hash) && existsSync(join("lib", "generated", "prisma", "client.ts"))) return;
  requireWritable("lib");
  // Prisma asks for its schema engine before every command, and would download it; `generate` never runs it.
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env };
  const args = ["node_modules/prisma/build/index.js", "generate"];
  await runStep("Generating the database client", process.execPath, args, { env });
  stamp(mark, hash);
}

/** Builds the console, where anything that it is made of changed. */
export async function ensureConsole() {
  const folder = process.env.GATEHOUSE_DIST_DIR ?? ".next";
  const hash = contentHash(CONSOLE_INPUTS);
  const mark = join(folder, "gatehouse-build");
  if (isStamped(mark, hash) && existsSync(join(folder, "BUILD_ID"))) return;
  requireWritable(process.cwd());
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  await runStep(
    "Building the console (about half a minute)",
    process.execPath,
    ["node_modules/next/dist/bin/next", "build"],
    { env },
  );
  stamp(mark, hash);
}

/** Bundles the processes and the command line, where their sources changed. */
export async function ensureBundles() {
  const hash = contentHash(BUNDLE_INPUTS);
  const mark = join(DIST, ".gatehouse-build");
  if (isStamped(mark, hash)) return;
  requireWritable(DIST);
  const { build, stop } = await import("esbuild");
  await build({
    entryPoints: Object.fromEntries(Object.entries(BUNDLES).filter(([, source]) => existsSync(source))),
    ...bundleOptions,
    outdir: DIST,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  }).finally(stop); // its helper process would live as long as the product that is started next
  stamp(mark, hash);
}

/** Everything that `npm start` needs before the launcher runs. */
export async function ensureBuilt() {
  requireNode();
  await ensureInstalled();
  await ensureGenerated();
  await ensureBundles();
  await ensureConsole();
}
