import { defineConfig } from "vitest/config";
import processes from "../process-tests/vitest.config.ts";

/** As the process tests: several authorities and their database, from the built bundles. */
export default defineConfig({
  ...processes,
  test: { ...processes.test, include: ["server/fault-tests/**/*.process.test.ts"] },
});
