import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CliError, EXIT } from "./failure";

/** The key material that the launcher generated into the data folder. */
export function readSecret(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, "secret"), "utf8").trim();
  } catch {
    throw new CliError(
      EXIT.refused,
      "unavailable",
      `There is no secret in ${dataDir}: start Gatehouse once with npm start, or set GATEHOUSE_SECRET.`,
    );
  }
}
