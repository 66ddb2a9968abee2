import "server-only";
import { setMaxListeners } from "node:events";
import { isIP } from "node:net";
import { Agent, fetch as undiciFetch } from "undici";
import { refusedAddress, type Reach } from "./address";
import { OutgoingFailure, outgoingFailure } from "./failure";
import { addressRefused, guardedLookup, systemResolve, type Resolve } from "./lookup";

/** An answer's bytes as undici reads them. */
type Source = {
  read: () => Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel: (reason?: unknown) => Promise<void>;
};

/** How much a set of calls may take in all. */
export type OutgoingBounds = {
  /** Milliseconds for everything. */
  totalMs: number;
  /** Milliseconds for one request, from its start to the end of its answer. */
  requestMs: number;
  /** Bytes of all answers together, after decompression. */
  maxBytes: number;
};

/** Where a set of calls may go, and by what. */
export type Network = {
  /** `public` where a stranger named the address. Default `own`. */
  reach?: Reach;
  /** Default: the system's. */
  resolve?: Resolve;
  /** Certificate authorities in place of the system's, PEM. */
  ca?: string;
};

const MAX_LISTENERS = 5000;
const NULL_BODY = new Set([101, 204, 205, 304]);
const seconds = (ms: number): string => `${ms / 1000} ${ms === 1000 ? "second" : "seconds"}`;

/**
 * A set of calls to somebody else's server that is bounded in time and size, follows no redirect, and connects to no
 * refused address (`refusedAddress`), neither by number nor by name. The first failure ends all of them. Close it.
 */
export class OutgoingClient {
  readonly #bounds: OutgoingBounds;
  readonly #agent: Agent;
  readonly #reach: Reach;
  readonly #controller = new AbortController();
  readonly #totalTimer: NodeJS.Timeout;
  #failure: OutgoingFailure | null = null;
  #lastStatus: number | null = null;
  #bytes = 0;

  constructor(bounds: OutgoingBounds, { reach = "own", resolve = systemResolve, ca }: Network = {}) {
    this.#bounds = bounds;
    this.#reach = reach;
    const trust = ca === undefined ? {} : { ca };
    this.#agent = new Agent({
      connect: { lookup: guardedLookup(resolve, reach), timeout: bounds.requestMs, ...trust },
    });
    // Each call listens for the end of all; how many calls there are is bounded.
    setMaxListeners(MAX_LISTENERS, this.#controller.signal);
    this.#totalTimer = this.#deadline(bounds.totalMs, "finish");
  }

  /** Aborted by the first failure, and by `close`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first failure, whatever error the caller got to see of it. */
  get failure(): OutgoingFailure | null {
    return this.#failure;
  }

  /** The last status that the other side answered with. */
  get lastStatus(): number | null {
    return this.#lastStatus;
  }

  /** Like the global `fetch`, within the bounds; rejects with `OutgoingFailure`. Bodies are texts or bytes. */
  readonly fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    try {
      this.signal.throwIfAborted();
      return await this.#call(new URL(url), init);
    } catch (error) {
      // The caller's own abort is no failure.
      if (init.signal?.aborted && !this.signal.aborted) throw error;
      throw this.#fail(outgoingFailure(error));
    }
  };

  /** Ends every call that is under way and every connection. */
  async close(): Promise<void> {
    clearTimeout(this.#totalTimer);
    this.#controller.abort(new OutgoingFailure("connection_lost", "The calls were ended."));
    await this.#agent.destroy();
  }

  async #call(url: URL, init: RequestInit): Promise<Response> {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // A socket asks no `lookup` for a host that is an address already.
    const why = isIP(host) ? refusedAddress(host, this.#reach) : null;
    if (why) throw addressRefused(why);
    const timer = this.#deadline(this.#bounds.requestMs, "answer");
    const done = () => clearTimeout(timer);
    this.signal.addEventListener("abort", done, { once: true });
    try {
      const answer = await undiciFetch(url, {
        method: init.method,
        headers: Object.fromEntries(new Headers(init.headers)),
        body: typeof init.body === "string" || init.body instanceof Uint8Array ? init.body : undefined,
        signal: init.signal ? AbortSignal.any([this.signal, init.signal]) : this.signal,
        redirect: "manual",
        dispatcher: this.#agent,
      });
      this.#lastStatus = answer.status;
      if (answer.status >= 300 && answer.status < 400)
        throw new OutgoingFailure("redirect", "The server answered with a redirect. Give the address it leads to.");
      const body = NULL_BODY.has(answer.status) || !answer.body ? null : this.#counted(answer.body.getReader(), done);
      if (!body) done();
      return new Response(body, { status: answer.status, headers: [...answer.headers] });
    } catch (error) {
      done();
      throw error;
    }
  }

  /** An answer's bytes, as long as all of them are within the bounds. `done` is called at the end. */
  #counted(source: Source, done: () => void): ReadableStream<Uint8Array> {
    let cancelled = false;
    return new ReadableStream<Uint8Array>({
      pull: async (stream) => {
        try {
          const { value, done: ended } = await source.read();
          if (cancelled) return;
          if (ended) {
            done();
            stream.close();
          } else if (value) {
            this.#count(value.byteLength);
            stream.enqueue(value);
          }
        } catch (error) {
          if (cancelled) return;
          done();
          stream.error(this.#fail(outgoingFailure(error)));
        }
      },
      cancel: async (reason) => {
        cancelled = true;
        done();
        await source.cancel(reason);
      },
    });
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#bounds.maxBytes) return;
    const megabytes = Math.round(this.#bounds.maxBytes / 1e4) / 100;
    throw new OutgoingFailure("too_large", `The server's answers exceed ${megabytes} MB.`);
  }

  #deadline(ms: number, what: string): NodeJS.Timeout {
    const message = `The server did not ${what} within ${seconds(ms)}.`;
    return setTimeout(() => this.#fail(new OutgoingFailure("too_slow", message)), ms);
  }

  #fail(failure: OutgoingFailure): OutgoingFailure {
    if (!this.#failure && !this.signal.aborted) this.#failure = failure;
    this.#controller.abort(this.#failure ?? failure);
    return this.#failure ?? failure;
  }
}
