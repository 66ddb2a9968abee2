import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { bundleOptions } from "../../scripts/setup/bundle.mjs";

/** A change of one place in one file. */
type Edit = { file: string; find: string; replace: string };

/** One step of the protocol left out: where it is done in two places, in both. Each edit is of a file of its own. */
export type Mutant = readonly Edit[];

/** Bundles an authority (or a keeper) with the mutant in it. Throws where a place is not there exactly once. */
export async function bundleMutant(
  name: string,
  mutant: Mutant,
  program: "authority" | "keeper" = "authority",
): Promise<string> {
  const outfile = resolve("dist/fault-tests", `${name.replaceAll(/\W+/g, "-")}.mjs`);
  const replacements = mutant.map(replacing);
  await build({
    ...bundleOptions,
    entryPoints: [`server/${program}/main.ts`],
    outfile,
    plugins: replacements.map(({ plugin }) => plugin),
  });
  const missing = mutant.find((_, nth) => !replacements[nth]?.done());
  if (missing) throw new Error(`${missing.file} is no part of the ${program}`);
  return outfile;
}

function replacing({ file, find, replace }: Edit): { plugin: Plugin; done: () => boolean } {
  const wanted = resolve(file);
  let done = false;
  const plugin: Plugin = {
    name: "mutant",
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== wanted) return undefined;
        const text = await readFile(path, "utf8");
        const places = text.split(find).length - 1;
        if (places !== 1) throw new Error(`${file} has ${places} places that read ${JSON.stringify(find)}, not one`);
        done = true;
        return { contents: text.replace(find, () => replace), loader: "ts" };
      });
    },
  };
  return { plugin, done: () => done };
}
