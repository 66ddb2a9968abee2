import "server-only";
import { appendFile, mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fetchOnce } from "@/lib/outgoing/fetch-once";
import type { Network } from "@/lib/outgoing/client";
import { parseCheckpoint } from "../tree/checkpoint";
import { hashToHex } from "../tree/hash";
import type { StoredCheckpoint } from "../tree/store";

/** A place outside the database that remembers what was signed. */
export type Anchor = {
  /** As it is configured. */
  place: string;
  /** Remembers a checkpoint. Rejects where it cannot. */
  keep: (checkpoint: StoredCheckpoint) => Promise<void>;
  /** The notes of all checkpoints that it remembers, smallest first; nothing where it cannot be read back. */
  notes: () => Promise<string[]>;
};

const PRIVATE = { mode: 0o600 };
const SUFFIX = ".checkpoint";
const BOUNDS = { totalMs: 15_000, requestMs: 10_000, maxBytes: 64 * 1024 };

/** Reads where checkpoints go: an https address, a folder (it ends with a slash), or a file. */
export function anchorOf(place: string, network?: Network): Anchor {
  if (place.startsWith("https://")) return webhook(place, network);
  return place.endsWith("/") ? folder(place) : file(place);
}

const absent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** A line for each: JSON with the note as it was signed. */
function file(place: string): Anchor {
  return {
    place,
    keep: async ({ size, note, signedAt }) => {
      await mkdir(dirname(place), { recursive: true });
      // A line that was cut off by a crash stays alone: the next begins on one of its own.
      const whole = await endsWithLine(place);
      const line = JSON.stringify({ size, signedAt: signedAt.toISOString(), note });
      await appendFile(place, `${whole ? "" : "\n"}${line}\n`, { ...PRIVATE, flush: true });
    },
    notes: async () => notesOfFile(await readFile(place, "utf8").catch((error: unknown) => (absent(error) ? "" : Promise.reject(error as Error)))),
  }; // prettier-ignore
}

async function endsWithLine(place: string): Promise<boolean> {
  const handle = await open(place, "r").catch((error: unknown) =>
    absent(error) ? null : Promise.reject(error as Error),
  );
  if (!handle) return true; // prettier-ignore
  try {
    const { size } = await handle.stat();
    if (size === 0) return true;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === 10;
  } finally {
    await handle.close();
  }
}

/** The notes in a file of lines, or the one that is the whole file. */
export function notesOfFile(text: string): string[] {
  if (parseCheckpoint(text)) return [text];
  return text.split("\n").flatMap((line) => {
    try {
      const { note } = JSON.parse(line) as { note?: unknown };
      return typeof note === "string" ? [note] : [];
    } catch {
      return []; // an empty line, or one that was cut off
    }
  });
}

/** A file for each, which is made once and never written again: for folders whose files cannot be changed for some time. */
function folder(place: string): Anchor {
  return {
    place,
    keep: async ({ size, root, note }) => {
      await mkdir(place, { recursive: true });
      const name = `${String(size).padStart(16, "0")}-${hashToHex(root).slice(0, 16)}${SUFFIX}`;
      await writeFile(join(place, name), note, { ...PRIVATE, flag: "wx", flush: true }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      });
    },
    notes: async () => {
      const names = await readdir(place).catch((error: unknown) => (absent(error) ? [] : Promise.reject(error as Error)));
      const ours = names.filter((name) => name.endsWith(SUFFIX)).sort();
      return Promise.all(ours.map((name) => readFile(join(place, name), "utf8")));
    }, // prettier-ignore
  };
}

/** The note as it was signed, by POST. Whoever gets it keeps it: it is not asked for again. */
function webhook(place: string, network?: Network): Anchor {
  return {
    place,
    keep: ({ note }) =>
      fetchOnce(
        place,
        {
          init: { method: "POST", headers: { "content-type": "text/plain; charset=utf-8" }, body: note },
          bounds: BOUNDS,
          network,
        },
        (answer) => {
          if (answer.ok) return Promise.resolve();
          return Promise.reject(new Error(`the anchor ${new URL(place).host} answered ${answer.status}`));
        },
      ),
    notes: () => Promise.resolve([]),
  };
}
