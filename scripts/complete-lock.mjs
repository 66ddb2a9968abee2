// `node scripts/complete-lock.mjs`: run after `npm install`. Not every registry carries the optional packages of every
// platform; npm leaves those out of the lock, and `npm ci` then refuses it everywhere. This adds what is missing.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const SYSTEMS = ["darwin", "win32", "linux", "android", "freebsd", "openbsd", "netbsd", "sunos", "aix", "openharmony"];
const PROCESSORS = "x64 arm64 arm ia32 ppc64 s390x riscv64 loong64 mips64el wasm32".split(" ");

/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, resolved?: string, os?: string[], cpu?: string[],
 *   libc?: string[], hasInstallScript?: boolean, optionalDependencies?: Record<string, string> }} Entry
 * @typedef {{ packages: Record<string, Entry> }} Lock
 */

/** @param {Lock} lock @param {string} from @param {string} name @returns {boolean} True where `from` would find `name`. */
function isResolved(lock, from, name) {
  for (let folder = from; ;) {
    if (lock.packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (!folder) return false;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")));
  }
}

/** @param {string} name @returns {Pick<Entry, "os" | "cpu" | "libc">} The platform that a package's name tells. */
function platformOf(name) {
  const words = name.replace("windows", "win32").split(/[-/.]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : [];
  return { ...(cpu.length && { cpu }), ...(os.length && { os }), ...(os[0] === "linux" && libc.length && { libc }) };
}

/** @param {Lock} lock @returns {Record<string, Entry>} The entries of optional packages that `npm ci` would miss. */
export function missingEntries(lock) {
  /** @type {Record<string, Entry>} */
  const missing = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isResolved(lock, path, name)) continue;
      // A range would need the registry to choose; packages of one platform are always named exactly.
      if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name} ${version} (of ${path}) is not an exact version`);
      missing[`node_modules/${name}`] = {
        version,
        ...(entry.dev && { dev: true }),
        ...platformOf(name),
        optional: true,
      };
    }
  }
  return missing;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = "package-lock.json";
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingEntries(lock);
  const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  console.log(`${Object.keys(missing).length} packages of other platforms added to ${file}`);
}
