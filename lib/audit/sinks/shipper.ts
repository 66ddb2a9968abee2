import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "@/lib/log";
import { shipRound, type Shipping } from "./round";

/** The pause of a sink that has nothing to do, ms. */
const REST_MS = 500;
/** How long a batch under way may take to end when shipping stops, ms. */
const GRACE_MS = 2_000;

/** Anything that asks the database. */
type Asks = { query: (text: string) => Promise<{ rows: unknown[] }> };

/** Ships the log to every sink, each at its own pace: one that is slow or down holds nobody up. */
export class Shipper {
  readonly #workers = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #cutting = new AbortController();
  readonly #shipping: Shipping;

  constructor(shipping: Omit<Shipping, "signal"> = { nowSeconds: () => Date.now() / 1000 }) {
    this.#shipping = { ...shipping, signal: this.#cutting.signal };
  }

  /** Begins with the sinks that are new or were resumed. The others end by themselves. */
  async step(client: Asks): Promise<void> {
    const { rows } = await client.query("SELECT id FROM audit_sink WHERE status = 'active'");
    for (const { id } of rows as { id: string }[]) {
      if (this.#workers.has(id) || this.#stopping.signal.aborted) continue;
      this.#workers.set(
        id,
        this.#work(id).finally(() => this.#workers.delete(id)),
      );
    }
  }

  /** Lets the batches under way end, but not for long: what is cut off is sent again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const ended = Promise.all(this.#workers.values());
    await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
    this.#cutting.abort();
    await ended;
  }

  async #work(id: string): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const outcome = await shipRound(id, this.#shipping).catch((error: unknown) => {
        log.error({ err: error, sink: id }, "The log could not be shipped; it is tried again");
        return "rest" as const;
      });
      if (outcome === "gone") return;
      if (outcome === "rest") await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
