import { TILE_WIDTH } from "../tree/builder";

/** A tile as its path names it: 256 hashes, or the first `width` of one that is not complete. */
export type TilePlace = { level: number; index: number; width: number };

const LEVEL = /^(?:[0-9]|[1-5][0-9]|6[0-3])$/;
const INDEX = /^((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Reads a path of C2SP tlog-tiles: `x001/x234/067`, with `.p/<width>` of an incomplete tile. Null where it is none. */
export function tilePlace(level: string, path: string): TilePlace | null {
  const [, index, width] = INDEX.exec(path) ?? [];
  if (!LEVEL.test(level) || index === undefined || (width !== undefined && Number(width) >= TILE_WIDTH)) return null;
  const place = Number(index.replaceAll(/[x/]/g, ""));
  // The shortest way to write it is the only one.
  if (!Number.isSafeInteger(place) || tilePath(place) !== index) return null;
  return { level: Number(level), index: place, width: width === undefined ? TILE_WIDTH : Number(width) };
}

/** A tile's index as it stands in its path. */
export function tilePath(index: number): string {
  const groups: string[] = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`${groups.length === 0 ? "" : "x"}${String(rest % 1000).padStart(3, "0")}`);
  return groups.join("/");
}
