import "server-only";
import { type Metric, Registry } from "prom-client";

/** Everything that `/metrics` tells: modules register here what they measure. Names start with `gatehouse_`. */
export const registry = new Registry();

type Labels = Readonly<Record<string, string>>;
type Sample = { metricName?: string; labels: Record<string, string | number>; value: number };

/**
 * Cells by their labels. What is measured on the path of a request keeps its cell, so that to count is to add: prom-client's
 * own counters sort and join the labels each time.
 */
abstract class Family<Cell> {
  readonly #cells = new Map<string, { labels: Labels; cell: Cell }>();
  readonly #make: () => Cell;

  protected constructor(
    readonly name: string,
    readonly help: string,
    readonly type: "counter" | "histogram",
    make: () => Cell,
  ) {
    this.#make = make;
    // In development a changed module is loaded again beside the same registry.
    registry.removeSingleMetric(name);
    // All that a registry asks of a metric is its name and `get`.
    registry.registerMetric(this as unknown as Metric);
  }

  /** The cell of these labels, the same one each time. Labels are from fixed sets, never a caller's text. */
  of(labels: Labels = {}): Cell {
    const key = JSON.stringify(labels);
    let held = this.#cells.get(key);
    if (!held) this.#cells.set(key, (held = { labels, cell: this.#make() }));
    return held.cell;
  }

  /** What prom-client asks for at each scrape. */
  get(): { name: string; help: string; type: string; aggregator: string; values: Sample[] } {
    const { name, help, type } = this;
    const values = [...this.#cells.values()].flatMap(({ labels, cell }) => this.samples(cell, labels));
    return { name, help, type, aggregator: "sum", values };
  }

  protected abstract samples(cell: Cell, labels: Labels): Sample[];
}

/** How often something happened. */
export type Count = { value: number };

/** A Prometheus counter: `tally.of({ route }).value++`. */
export class Tally extends Family<Count> {
  constructor(name: string, help: string) {
    super(name, help, "counter", () => ({ value: 0 }));
  }

  protected samples({ value }: Count, labels: Labels): Sample[] {
    return [{ labels, value }];
  }
}

/** How values are spread over the buckets of one cell. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.sum += value;
    this.count += 1;
    for (let nth = 0; nth < this.#bounds.length; nth++) {
      if (value <= (this.#bounds[nth] as number)) {
        this.counts[nth] = (this.counts[nth] as number) + 1;
        return;
      }
    }
  }
}

/** A Prometheus histogram with the given upper bounds, ascending: `distribution.of({ route }).observe(seconds)`. */
export class Distribution extends Family<Histogram> {
  readonly #bounds: readonly number[];

  constructor(name: string, help: string, bounds: readonly number[]) {
    super(name, help, "histogram", () => new Histogram(bounds));
    this.#bounds = bounds;
  }

  protected samples(histogram: Histogram, labels: Labels): Sample[] {
    const bucket = (le: number | string, value: number) => ({
      metricName: `${this.name}_bucket`,
      labels: { ...labels, le },
      value,
    });
    let below = 0;
    const buckets = this.#bounds.map((bound, nth) => bucket(bound, (below += histogram.counts[nth] ?? 0)));
    return [
      ...buckets,
      bucket("+Inf", histogram.count),
      { metricName: `${this.name}_sum`, labels, value: histogram.sum },
      { metricName: `${this.name}_count`, labels, value: histogram.count },
    ];
  }
}
