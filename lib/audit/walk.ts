import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { Candidates } from "./candidates";
import { beyond, cut, spanOf, type Ground, type Grounds } from "./grounds";
import type { LogReader, Way } from "./reader";
import { BLOCK } from "./storage/blocks";

const { sql } = Prisma;

/** Entries of the first piece; each further one is eight times as large, up to the largest, until one was too large. */
const FIRST_PIECE = 2_000;
const GROWTH = 8;
const CAREFUL_GROWTH = 2;
const LARGEST_PIECE = 8_000_000;
/** Blocks that are looked into at once: more where that took less than so many ms, fewer where it took more. */
const FIRST_BLOCKS = 16;
const MOST_BLOCKS = 256;
const BLOCKS_MS = { least: 10, most: 30 };
/** How long one statement may take before another way is tried, ms. A small piece is never cut short: there is always progress. */
const TRY_MS = { least: 20, most: 60 };

/** What a walk through the log is asked. */
export type Walk = {
  columns: Prisma.Sql;
  where: Prisma.Sql;
  grounds: Grounds;
  /** Only entries below (walking back), or above (walking on); null for all. */
  beyond: number | null;
  newer: boolean;
  limit: number;
  budgetMs: number;
};

/** What it found, in its own order, and where it stopped for want of time: all before that was read. Null where it read all. */
export type Walked<Row> = { rows: Row[]; reached: number | null };

type Position = { idx: string };

/**
 * Walks through the log from one end until it has as many entries as asked or the time is up, piece by piece: small pieces first,
 * where what is common is found at once, then ever larger ones, in which indexes find what is rare. Texts are looked for
 * in the blocks that can have them.
 */
export function walk<Row extends Position>(reader: LogReader, asked: Walk): Promise<Walked<Row>> {
  return new Walker<Row>(reader, asked).walk();
}

class Walker<Row extends Position> {
  readonly #began = performance.now();
  readonly #rows: Row[] = [];
  readonly #candidates: Candidates | null;
  #rest: readonly Ground[];
  #read = 0;
  #piece = FIRST_PIECE;
  #growth = GROWTH;
  #blocks = FIRST_BLOCKS;
  /** False once other indexes have not narrowed what stands in most blocks. */
  #mayGather = true;

  constructor(
    private readonly reader: LogReader,
    private readonly asked: Walk,
  ) {
    const { grounds, newer } = asked;
    this.#rest = beyond(newer ? grounds.grounds.toReversed() : grounds.grounds, asked);
    this.#candidates = grounds.needles.length > 0 ? new Candidates(reader, grounds, newer) : null;
  }

  get #left(): number {
    return this.asked.budgetMs - (performance.now() - this.#began);
  }

  async walk(): Promise<Walked<Row>> {
    const { newer, limit } = this.asked;
    for (let next = this.#rest[0]; next; next = this.#rest[0]) {
      if (this.#left < 0 && this.#read > 0) return { rows: this.#rows, reached: newer ? next.low - 1 : next.high };
      await this.#step(next);
      if (this.#rows.length >= limit) return { rows: this.#rows.slice(0, limit), reached: null };
    }
    return { rows: this.#rows, reached: null };
  }

  /** Reads the next piece, or finds that it was too large. */
  async #step(next: Ground): Promise<void> {
    // The very newest are read as they are: what is asked for is often there, and some are not noted yet.
    if (this.#candidates && this.#read > 0 && this.#candidates.know(next))
      return this.#lookIntoBlocks(this.#candidates);
    const small = this.#piece <= FIRST_PIECE;
    const [piece, rest] = cut(this.#rest, this.#piece, this.asked.newer);
    const found = await this.#find(piece, small);
    if (found === null) {
      this.#piece = Math.max(FIRST_PIECE, Math.floor(this.#piece / GROWTH));
      this.#growth = CAREFUL_GROWTH;
      return;
    }
    this.#take(found, piece, rest);
    this.#piece = Math.min(this.#piece * this.#growth, LARGEST_PIECE);
  }

  #take(found: readonly Row[], read: readonly Ground[], rest: readonly Ground[]): void {
    this.#rows.push(...found);
    this.#read += spanOf(read);
    this.#rest = rest;
  }

  /**
   * What matches in the pieces; null where that takes too long both ways. Walking along the index is best for what is common, and takes
   * long for what was common and has ended; gathering is best for what is rare. Which it is shows in what was read.
   */
  async #find(pieces: readonly Ground[], small: boolean): Promise<Row[] | null> {
    const statement = this.#statement(pieces);
    if (small) return this.reader.all<Row>(statement);
    const expected = (this.#rows.length / this.#read) * spanOf(pieces);
    const isRare = expected < this.asked.limit - this.#rows.length;
    const ways: readonly [Way, Way] = isRare ? ["gather", "any"] : ["any", "gather"];
    for (const way of ways) {
      const found = await this.reader.within<Row>(statement, this.#patience(), way);
      if (found) return found;
    }
    return null;
  }

  #patience = (): number => Math.min(TRY_MS.most, Math.max(TRY_MS.least, this.#left));

  /** Piece after piece in their order, which PostgreSQL keeps, and stops at the limit. */
  #statement(pieces: readonly Ground[]): Prisma.Sql {
    const { columns, where, newer } = this.asked;
    const limit = sql`LIMIT ${this.asked.limit - this.#rows.length}::int`;
    const each = pieces.map(
      ({
        from,
        low,
        high,
      }) => sql`(SELECT ${columns} FROM ${from} AS entry WHERE idx >= ${low}::bigint AND idx < ${high}::bigint
        AND ${where} ORDER BY idx ${newer ? sql`ASC` : sql`DESC`} ${limit})`,
    );
    return each.length === 1 ? (each[0] ?? sql``) : sql`${Prisma.join(each, " UNION ALL ")} ${limit}`;
  }

  /** Looks into the next blocks that can have the texts. */
  async #lookIntoBlocks(candidates: Candidates): Promise<void> {
    const { newer } = this.asked;
    const next = await candidates.next(this.#rest, this.#blocks);
    const [read, rest] = cut(this.#rest, next.span, newer);
    if (next.dense && this.#mayGather) {
      const found = await this.#find(read, false);
      if (found) return this.#take(found, read, rest);
      this.#mayGather = false;
    }
    const began = performance.now();
    for (const ground of read) {
      const found = await this.#findInBlocks(ground, next.firsts);
      this.#take(found, [ground], cut(this.#rest, ground.high - ground.low, newer)[1]);
    }
    const tookMs = performance.now() - began;
    if (tookMs < BLOCKS_MS.least) this.#blocks = Math.min(this.#blocks * 2, MOST_BLOCKS);
    else if (tookMs > BLOCKS_MS.most) this.#blocks = Math.max(Math.floor(this.#blocks / 2), 1);
  }

  async #findInBlocks({ from, low, high }: Ground, all: readonly number[]): Promise<Row[]> {
    const { columns, where, newer, limit } = this.asked;
    const firsts = all.filter((first) => first + BLOCK > low && first < high);
    if (firsts.length === 0 || this.#rows.length >= limit) return [];
    const order = newer ? sql`ASC` : sql`DESC`;
    const rows = await this.reader.all<Row>(
      sql`SELECT ${columns} FROM unnest(${firsts}::bigint[]) WITH ORDINALITY AS block(begins, nth) CROSS JOIN LATERAL (
            SELECT * FROM ${from} AS entry WHERE idx >= block.begins AND idx < block.begins + ${BLOCK}::bigint
              AND idx >= ${low}::bigint AND idx < ${high}::bigint AND ${where} ORDER BY idx ${order}) AS entry
          LIMIT ${limit - this.#rows.length}::int`,
      "along",
    );
    // Block after block in their order, which the plan keeps though nothing says so: where it did not, there would be more to read.
    return rows.sort((a, b) => (newer ? 1 : -1) * (Number(a.idx) - Number(b.idx)));
  }
}
