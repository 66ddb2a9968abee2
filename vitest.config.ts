import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
const alias = {
  "@": root.replace(/\/$/, ""),
  // It throws outside the react-server condition, which is its whole purpose; tests are the server.
  "server-only": fileURLToPath(new URL("lib/testing/server-only.ts", import.meta.url)),
};

export default defineConfig({
  resolve: { alias },
  test: {
    setupFiles: ["lib/testing/setup.ts"],
    globalSetup: ["lib/testing/global-setup.ts"],
    include: [
      "lib/**/*.test.ts",
      "server/**/*.test.ts",
      "app/**/*.test.ts",
      "components/**/*.test.ts",
      "scripts/**/*.test.ts",
      "cli/**/*.test.ts",
      "bench/**/*.test.ts",
      "*.test.ts",
    ],
    exclude: ["**/node_modules/**", "server/process-tests/**", "server/fault-tests/**/*.process.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
