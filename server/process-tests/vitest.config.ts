import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Real processes from the built bundles (`npm test -- build` makes them). One file at a time: a test that
 * starts six processes is load enough for two cores. Each has its own ports and folders. */
export default defineConfig({
  root,
  resolve: { alias: { "@": root, "server-only": `${root}/lib/testing/server-only.ts` } },
  test: {
    include: ["server/process-tests/**/*.test.ts"],
    setupFiles: ["lib/testing/setup.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
