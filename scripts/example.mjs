// `npm run -s example -- tickets-server` and `… -- mcp-client <url> <tool> [json]`: the MCP server and client of the tour.
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, stop } from "esbuild";

const EXAMPLES = ["tickets-server", "mcp-client"];
const [name, ...rest] = process.argv.slice(2);
if (!EXAMPLES.includes(name ?? "")) {
  console.error(`Which one? npm run -s example -- ${EXAMPLES.join(" | ")}`);
  process.exit(2);
}
const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = join(root, "dist", "example", `${name}.mjs`);
await build({
  absWorkingDir: root,
  entryPoints: [`e2e/fixtures/${name}.ts`],
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "error",
  outfile,
}).finally(stop); // the example needs no bundler beside it
// The example reads its arguments where it would find them if it were started itself.
process.argv.splice(1, process.argv.length - 1, outfile, ...rest);
await import(pathToFileURL(outfile).href);
