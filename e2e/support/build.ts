import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ensureBuilt } from "../../scripts/setup/steps.mjs";

/**
 * Builds what is stale, once for the whole run: `npm test` has done so already, a single run from an editor has not.
 * The MCP server and client of `fixtures/` become programs of their own.
 */
export default async function buildAll(): Promise<void> {
  process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
  await ensureBuilt();
  await build({
    entryPoints: ["tickets-server", "oauth-server", "oauth-server-v2", "mcp-client"].map(
      (name) => `e2e/fixtures/${name}.ts`,
    ),
    outdir: "dist/e2e",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
}
