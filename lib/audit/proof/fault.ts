import "server-only";
import { TILE_WIDTH } from "../tree/builder";

/** What can be wrong with an entry. */
export type EntryFault =
  | "it is missing"
  | "it stands twice"
  | "its hash does not match its body"
  | "its body is no entry"
  | "its columns do not match its body"
  | "the tree holds another hash in its place";

/** The log is not as it was recorded or signed. Whoever makes the tree stops; nothing of it is signed. */
export class LogFault extends Error {
  override readonly name = "LogFault";

  /**
   * @param index the first entry that is not as it should be; where only the tree tells, the first that may not be
   * @param fault in words that go after *entry 7:*
   */
  constructor(
    readonly index: number,
    readonly fault: string,
  ) {
    super(`entry ${index}: ${fault}`);
  }
}

/** What a tile that is not stored says of the first entry below it. */
export const tileGone = ({ level, index }: { level: number; index: number }): LogFault =>
  new LogFault(index * TILE_WIDTH ** (level + 1), `its part of the tree is gone (tile ${level}/${index} is missing)`);
