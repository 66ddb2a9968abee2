// `npm run bench`: builds Gatehouse as `npm start` does, installs the peers in a folder of their own, and measures.
import { fileURLToPath } from "node:url";
import { runStep } from "../scripts/setup/run.mjs";
import { prepare } from "../scripts/setup/prepare.mjs";
import { contentHash, isStamped, stamp } from "../scripts/setup/stamp.mjs";
import { ensureBuilt } from "../scripts/setup/steps.mjs";

async function ensurePeersInstalled() {
  const hash = contentHash(["bench/package-lock.json"]);
  const mark = "bench/node_modules/.bench-lock";
  if (isStamped(mark, hash)) return;
  const args = ["ci", "--prefix", "bench", "--no-audit", "--no-fund", "--loglevel=error"];
  await runStep("Installing the peers", "npm", args, { env: { ...process.env, NODE_ENV: "" } });
  stamp(mark, hash);
}

/** Gatehouse's own code must meet the `pg` that Prisma's adapter meets: in this folder it would find that of the peers. */
const onePg = {
  name: "one-pg",
  setup: (build) =>
    build.onResolve({ filter: /^pg$/ }, () => ({
      path: fileURLToPath(import.meta.resolve("../node_modules/pg/esm/index.mjs")),
      external: true,
    })),
};

async function bundle() {
  const { build } = await import("esbuild");
  await build({
    entryPoints: {
      main: "bench/main.ts",
      worker: "bench/load/worker.ts",
      intruder: "bench/load/intruder.ts",
      "audit-writer": "bench/audit/writer.ts",
    },
    outdir: "bench/dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    alias: { "server-only": "./lib/testing/server-only.ts" },
    plugins: [onePg],
    logLevel: "warning",
  });
}

await prepare(async () => {
  await ensureBuilt();
  await ensurePeersInstalled();
  await bundle();
});
await import("./dist/main.mjs");
