import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pool } from "@/lib/db";
import { equalBytes, mac, macCandidates } from "@/lib/crypto/keys";
import { makeFolder } from "../folder";
import { StartError } from "../start-error";

const CHECKED_TEXT = "gatehouse";

/** The secret of the data folder (mode 0600), made at the first start. Throws `StartError` where the folder is not writable. */
export function readOrMakeSecret(dataDir: string): string {
  const file = join(dataDir, "secret");
  try {
    return readSecret(file) ?? makeSecret(dataDir, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The data folder ${dataDir} cannot be written (${code ?? "unknown reason"}): change its rights, or set GATEHOUSE_DATA_DIR.`,
    );
  }
}

function readSecret(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function makeSecret(dataDir: string, file: string): string {
  makeFolder(dataDir);
  const unfinished = `${file}.${process.pid}`;
  const secret = randomBytes(48).toString("base64url");
  writeFileSync(unfinished, `${secret}\n`, { mode: 0o600 });
  try {
    linkSync(unfinished, file); // unlike a rename, it does not overwrite what a second start has just made
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return readFileSync(file, "utf8").trim();
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * Compares the secret with the one that this database was first used with: under another one no token would be
 * recognised and nothing sealed could be opened. The first start writes the mark. Throws `StartError`.
 */
export async function requireMatchingSecret(): Promise<void> {
  const current = mac("secret-check", CHECKED_TEXT);
  await pool().query("UPDATE instance SET secret_check = $1 WHERE id = 1 AND secret_check IS NULL", [current]);
  const { rows } = await pool().query<{ mark: Buffer | null }>(
    "SELECT secret_check AS mark FROM instance WHERE id = 1",
  );
  const mark = rows[0]?.mark;
  if (!mark || !macCandidates("secret-check", CHECKED_TEXT).some((candidate) => equalBytes(candidate, mark)))
    throw new StartError(
      "GATEHOUSE_SECRET (or the secret file in the data folder) is not the one that this database was made with: restore it, or use another database.",
    );
  if (!equalBytes(mark, current)) await pool().query("UPDATE instance SET secret_check = $1 WHERE id = 1", [current]);
}
