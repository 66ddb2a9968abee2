import pg from "pg";
import { startEmbedded } from "@/server/database/embedded";

/** The PostgreSQL server that all targets share: Gatehouse's own, with its settings as they are. */
export type Database = {
  pid: number;
  /** `server_version`. */
  version: string;
  /** Makes an empty database, in place of one of the same name, and returns its connection string. */
  make: (name: string) => Promise<string>;
  /** The database of that name as it was left by an earlier run, or an empty one. */
  keep: (name: string) => Promise<string>;
  /** Writes what is dirty to disk now, so that no target pays for the one before. */
  checkpoint: () => Promise<void>;
  stop: () => Promise<void>;
};

/** Starts PostgreSQL in a folder of the bench's own. */
export async function startDatabase(folder: string): Promise<Database> {
  const server = await startEmbedded(folder);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version') AS version");
  const urlOf = (name: string) => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    pid: server.pid,
    version: rows[0]?.version ?? "unknown",
    make: async (name) => {
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      return urlOf(name);
    },
    keep: async (name) => {
      const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
      if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      return urlOf(name);
    },
    checkpoint: async () => void (await client.query("CHECKPOINT")),
    stop: async () => {
      await client.end();
      await server.stop();
    },
  };
}
