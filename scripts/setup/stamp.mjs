import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const SKIPPED = /(^|\/)(node_modules|generated|__snapshots__)$|\.test\.[cm]?[jt]sx?$|\.md$/;

/** @param {string} path @returns {string[]} The files at or below a path, sorted, without tests, texts and generated ones. */
function filesBelow(path) {
  if (!existsSync(path) || SKIPPED.test(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** @param {readonly string[]} paths @returns {string} A hash over the names and contents of all files at or below them. */
export function contentHash(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesBelow)) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/** @param {string} file @param {string} hash @returns {boolean} True where the last success was for the same content. */
export function isStamped(file, hash) {
  return existsSync(file) && readFileSync(file, "utf8") === hash;
}

/** @param {string} file @param {string} hash Notes a success for this content. */
export function stamp(file, hash) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
}
