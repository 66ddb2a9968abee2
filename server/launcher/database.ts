import { setTimeout as sleep } from "node:timers/promises";
import type { Env } from "@/lib/env";
import { log } from "@/lib/log";
import type { EmbeddedDatabase } from "../database/embedded";
import { startEmbedded } from "../database/embedded";
import { openDatabase } from "../database/instance";
import { holdDataFolder, type Hold } from "./lock";

const RETRY_MS = 1_000;

/** The database for as long as the launcher runs. */
export type KeptDatabase = { kind: "embedded" | "external"; close: () => Promise<void> };

/** The folder of an embedded database. */
export function dataFolder(settings: Env): string {
  return process.env.GATEHOUSE_DATA_DIR ?? settings.GATEHOUSE_DATA_DIR;
}

/** Opens the database; an embedded one is locked for this launcher, and started again at the same port where it dies. */
export async function keepDatabase(settings: Env): Promise<KeptDatabase> {
  const opened = await openDatabase(settings);
  if (!opened) return { kind: "external", close: () => Promise.resolve() };
  const dataDir = dataFolder(settings);
  let database: EmbeddedDatabase = opened;
  let hold: Hold;
  let closing = false;

  const take = (url: string) =>
    holdDataFolder({ url, dataDir, publicUrl: settings.GATEHOUSE_URL }, () => void revive());
  const revive = async () => {
    log.warn("The database ended; it is started again");
    while (!closing) {
      try {
        database = await startEmbedded(dataDir, { port: database.port });
        hold = await take(database.url);
        log.info("The database runs again");
        return;
      } catch (error) {
        log.error({ err: error }, "The database could not be started again");
        await sleep(RETRY_MS);
      }
    }
  };
  hold = await take(database.url);
  return {
    kind: "embedded",
    close: async () => {
      closing = true;
      await hold.release();
      await database.stop();
    },
  };
}
