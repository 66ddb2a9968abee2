import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Real processes from the built bundles (`npm test -- build` makes them). Two files at a time: each has its own ports and folders. */
export default defineConfig({
  root,
  resolve: { alias: { "@": root, "server-only": `${root}/lib/testing/server-only.ts` } },
  test: {
    include: ["server/process-tests/**/*.test.ts"],
    setupFiles: ["lib/testing/setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
