import { connect, type Socket } from "node:net";
import { parseAnswer } from "./answer";

const FIRST_BUFFER_BYTES = 16 * 1024;
const RECONNECT_MS = 50;

/** What a connection tells its owner. */
export type Listener = {
  /** An answer came in; its bytes are valid during the call alone. `ready` follows. */
  answered: (connection: Connection, status: number, body: Buffer) => void;
  /** A call went unanswered. The connection comes back by itself. */
  failed: (connection: Connection, reason: string) => void;
  /** It may be given a call. */
  ready: (connection: Connection) => void;
};

/**
 * One kept connection with at most one call under way, on a raw socket: Node's own HTTP client costs more than the servers that it would
 * measure. Reconnects where the connection ends.
 */
export class Connection {
  readonly #port: number;
  readonly #listener: Listener;
  #socket: Socket | null = null;
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  #filled = 0;
  #busy = false;
  #closed = false;
  /** The owner's own note on the call under way: when it was meant to leave, ms. */
  intendedMs = 0;

  constructor(port: number, listener: Listener) {
    this.#port = port;
    this.#listener = listener;
    this.#connect();
  }

  /** True while a call is under way. */
  get busy(): boolean {
    return this.#busy;
  }

  /** True where it may be given a call just now. */
  get usable(): boolean {
    return this.#socket !== null && !this.#busy;
  }

  /** Sends a request. The bytes must not change until it is answered. Only for one that is `usable`. */
  send(bytes: Buffer): void {
    this.#busy = true;
    this.#socket?.write(bytes);
  }

  /** Ends it, and whatever is under way. */
  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    const incoming = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
    const onread = { buffer: incoming, callback: (length: number) => this.#read(incoming, length) };
    const socket = connect({ host: "127.0.0.1", port: this.#port, onread });
    socket.setNoDelay(true);
    let reason = "connection closed";
    socket.once("connect", () => {
      this.#socket = socket;
      this.#listener.ready(this);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => (reason = error.code ?? error.message));
    socket.once("close", () => this.#lost(reason));
  }

  #lost(reason: string): void {
    this.#socket = null;
    this.#filled = 0;
    if (this.#closed) return;
    const wasBusy = this.#busy;
    this.#busy = false;
    if (wasBusy) this.#listener.failed(this, reason);
    setTimeout(() => {
      if (!this.#closed) this.#connect();
    }, RECONNECT_MS);
  }

  #read(bytes: Buffer, length: number): boolean {
    try {
      // Nearly every answer comes in one piece: then nothing is copied.
      if (this.#filled === 0 && this.#take(bytes, length)) return true;
      this.#append(bytes, length);
      if (this.#filled > length) this.#take(this.#buffer, this.#filled);
    } catch (error) {
      this.#socket?.destroy(error as Error);
    }
    return true;
  }

  #append(bytes: Buffer, length: number): void {
    while (this.#buffer.length < this.#filled + length)
      this.#buffer = Buffer.concat([this.#buffer, Buffer.allocUnsafe(this.#buffer.length)]);
    bytes.copy(this.#buffer, this.#filled, 0, length);
    this.#filled += length;
  }

  #take(bytes: Buffer, length: number): boolean {
    const answer = parseAnswer(bytes, length);
    if (!answer) return false;
    this.#filled = 0;
    this.#busy = false;
    this.#listener.answered(this, answer.status, bytes.subarray(answer.bodyStart, answer.bodyEnd));
    if (answer.close) this.#socket?.end();
    else this.#listener.ready(this);
    return true;
  }
}
