/** Sub-buckets of each power of two: a recorded value is off by less than 1/128 of itself. */
const SUB_BITS = 7;
const SUB = 1 << SUB_BITS;
/** Values from here on are counted as this one, µs (67 s). */
const LIMIT = 2 ** 26 - 1;

/** A histogram as it travels between processes and stands in result files: pairs of bucket and count, and the exact maximum. */
export type PlainHistogram = { buckets: [number, number][]; max: number };

function bucketOf(value: number): number {
  if (value < 2 * SUB) return value;
  const shift = 31 - Math.clz32(value) - SUB_BITS;
  return (shift + 1) * SUB + (value >> shift) - SUB;
}

/** The highest value that falls into a bucket. */
function upperEdge(bucket: number): number {
  if (bucket < 2 * SUB) return bucket;
  const shift = Math.floor(bucket / SUB) - 1;
  return (((bucket % SUB) + SUB + 1) << shift) - 1;
}

/**
 * Counts durations (whole µs) in buckets whose width grows with the value, as HdrHistogram does: recording is an
 * increment, percentiles are within 0.8 %, and histograms of several runs add up.
 */
export class Histogram {
  readonly #counts = new Float64Array(bucketOf(LIMIT) + 1);
  #count = 0;
  #max = 0;

  /** How many values were recorded. */
  get count(): number {
    return this.#count;
  }

  /** The highest value, µs, exactly. */
  get max(): number {
    return this.#max;
  }

  /** Records a duration in µs. What is negative (a clock that stepped) counts as 0. */
  record(micros: number): void {
    const value = Math.min(LIMIT, Math.max(0, Math.round(micros)));
    const bucket = bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (value > this.#max) this.#max = value;
  }

  /**
   * The value that `share` (0 to 1) of all values do not exceed, µs; 0 where nothing was recorded. Never above `max`, and
   * never below the true value.
   */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= wanted) return Math.min(upperEdge(bucket), this.#max);
    }
    return 0;
  }

  /** Adds what another histogram counted. */
  add(other: PlainHistogram): void {
    for (const [bucket, count] of other.buckets) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.#count += count;
    }
    this.#max = Math.max(this.#max, other.max);
  }

  /** Without empty buckets. */
  toJSON(): PlainHistogram {
    const buckets: [number, number][] = [];
    this.#counts.forEach((count, bucket) => {
      if (count > 0) buckets.push([bucket, count]);
    });
    return { buckets, max: this.#max };
  }
}

/** One histogram of everything that several counted. */
export function merged(parts: readonly PlainHistogram[]): Histogram {
  const all = new Histogram();
  for (const part of parts) all.add(part);
  return all;
}
