import { SECRET } from "../../process-tests/gatehouse";
import { ProductProcess } from "../product-process";

/** What the keepers run, as `npm test -- build` makes it. */
export const BUILT_KEEPER = "dist/keeper.mjs";

type Options = { script: string; databaseUrl: string; anchors: readonly string[] };

/** One keeper, with all of its jobs. */
export function keeperProcess({ script, databaseUrl, anchors }: Options): ProductProcess {
  return new ProductProcess({
    name: "the keeper",
    script,
    says: "working",
    env: { DATABASE_URL: databaseUrl, GATEHOUSE_SECRET: SECRET, GATEHOUSE_AUDIT_ANCHOR: anchors.join(",") },
  });
}
