import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { StartError } from "../start-error";

/** Any number, other than the migrations'. */
const LAUNCHER_LOCK = 72707370;

/** The hold of one launcher on an embedded database; it ends with the process, however that ends. */
export type Hold = { release: () => Promise<void> };

type Note = { pid: number; url: string };
const noteFile = (dataDir: string) => join(dataDir, "launcher.json");

function readNote(dataDir: string): Note | null {
  try {
    return JSON.parse(readFileSync(noteFile(dataDir), "utf8")) as Note;
  } catch {
    return null;
  }
}

/**
 * Takes the data folder for this launcher: an advisory lock in its own database, so that nothing stale can stop the next
 * start. `onLost` is called once when the connection ends, which means that the database died. Throws `StartError` where
 * another launcher has it.
 */
export async function holdDataFolder(
  options: { url: string; dataDir: string; publicUrl: string },
  onLost: () => void,
): Promise<Hold> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: "gatehouse-launcher",
    keepAlive: true,
  });
  let released = false;
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [LAUNCHER_LOCK]);
  if (!rows[0]?.mine) {
    await client.end();
    const note = readNote(options.dataDir);
    const other = note ? ` (process ${note.pid}, ${note.url})` : "";
    throw new StartError(
      `Gatehouse already runs on the data folder ${options.dataDir}${other}: stop it, or set GATEHOUSE_DATA_DIR to another one.`,
    );
  }
  client.once("end", () => {
    if (!released) onLost();
  });
  writeFileSync(noteFile(options.dataDir), JSON.stringify({ pid: process.pid, url: options.publicUrl }));
  return {
    release: async () => {
      released = true;
      rmSync(noteFile(options.dataDir), { force: true });
      await client.end().catch(() => undefined);
    },
  };
}
