import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { spanOf, type Ground, type Grounds, type Needle } from "./grounds";
import type { LogReader } from "./reader";
import { BLOCK } from "./storage/blocks";

const { sql } = Prisma;

/** Blocks that are asked for at once. */
const AT_ONCE = 4096;
/** Of blocks of which more than one of so many can match, all are read as well: other indexes may narrow better. */
const DENSE = 3;

/** What to look into next: blocks, in the order of the walk, and how many entries have been dealt with once that is done. */
export type Blocks = { firsts: number[]; span: number; dense: boolean };

/** The blocks in which a text can stand, asked for as a walk gets there. */
export class Candidates {
  /** Those that are known and not dealt with yet, in the order of the walk; null where it must be asked. */
  #known: number[] | null = null;
  /** True where there is none beyond those that are known. */
  #ended = false;
  /** The last that was asked for. */
  #edge: number | null = null;

  constructor(
    private readonly reader: LogReader,
    private readonly grounds: Grounds,
    private readonly newer: boolean,
  ) {}

  /** False where the next entries are too new to have been noted. */
  know({ low, high }: Ground): boolean {
    return (this.newer ? low : high - 1) < this.grounds.notedTo;
  }

  /** The next blocks, `most` at most, of what is left. */
  async next(rest: readonly Ground[], most: number): Promise<Blocks> {
    if (this.#known?.length === 0 && !this.#ended) this.#known = null;
    this.#known ??= await this.#ask(rest);
    const firsts = this.#known.slice(0, most);
    this.#known = this.#known.slice(most);
    const last = firsts.at(-1);
    const isLast = this.#ended && this.#known.length === 0;
    const span = last === undefined || isLast ? this.#noted(rest) : entriesTo(rest, last, this.newer);
    return { firsts, span, dense: firsts.length * BLOCK * DENSE > span };
  }

  /** How much of what is left has been noted. */
  #noted(rest: readonly Ground[]): number {
    return this.newer ? entriesTo(rest, this.grounds.notedTo - BLOCK, true) : spanOf(rest);
  }

  async #ask(rest: readonly Ground[]): Promise<number[]> {
    const { needles, notedTo } = this.grounds;
    const [edgeLow, edgeHigh] =
      this.#edge === null ? [0, Infinity] : this.newer ? [this.#edge + BLOCK, Infinity] : [0, this.#edge];
    const low = Math.max(edgeLow, Math.min(...rest.map((ground) => ground.low)));
    const high = Math.min(edgeHigh, notedTo, Math.max(...rest.map((ground) => ground.high)));
    const conditions = needles.map(hasNeedle);
    // Found by the grams' index alone: to look at them themselves takes a hundred times as long, which the planner does not know.
    const found = await this.reader.all<{ first: string }>(
      sql`WITH found AS MATERIALIZED (SELECT first_idx FROM audit_gram WHERE ${Prisma.join(conditions, " AND ")})
          SELECT first_idx AS first FROM found WHERE first_idx > ${low - BLOCK}::bigint AND first_idx < ${high}::bigint
          ORDER BY first_idx ${this.newer ? sql`ASC` : sql`DESC`} LIMIT ${AT_ONCE}::int`,
      "gather",
    );
    const firsts = found.map(({ first }) => Number(first));
    this.#ended = firsts.length < AT_ONCE;
    this.#edge = firsts.at(-1) ?? null;
    return firsts;
  }
}

const hasNeedle = (ways: Needle): Prisma.Sql =>
  sql`(${Prisma.join(
    ways.map((grams) => sql`grams @> ${[...grams]}::int[]`),
    " OR ",
  )})`;

/** How many entries there are up to a block, and with it. */
function entriesTo(rest: readonly Ground[], first: number, newer: boolean): number {
  const reached = rest.flatMap(({ from, low, high }) => {
    const kept = newer ? { from, low, high: Math.min(high, first + BLOCK) } : { from, low: Math.max(low, first), high };
    return kept.low < kept.high ? [kept] : [];
  });
  return spanOf(reached);
}
