import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { applicationName, FrameReader } from "./database-frames";

export type Direction = "to database" | "from database";

/** What is wrong with a way to the database for a while. */
export type Disturbance = {
  /** Neither: both. */
  direction?: Direction;
  /** Only the connection that holds the lease, or only the others. Neither: all. */
  only?: "lease" | "others";
  /** Only notifications, and so only from the database. */
  notifications?: boolean;
  /** How much later everything arrives, ms; Infinity: not before this disturbance ends. */
  delayMs: number;
  /** Notifications that arrive meanwhile are lost, instead of late. */
  lose?: boolean;
};

/** As `lib/lease/lease.ts` calls its connection. */
const LEASE_APPLICATION = "gatehouse lease";

type Waiting = { bytes: Buffer; fromMs: number };

/** A TCP proxy between one process and PostgreSQL that delays, holds, loses and cuts. What it passes on keeps its order. */
export class DatabaseProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #disturbances = new Set<Disturbance>();
  #refusing = false;

  private constructor(server: Server, databasePort: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (client) => {
      if (this.#refusing) return void client.destroy();
      const link = new Link(client, databasePort, this.#disturbances);
      this.#links.add(link);
      client.once("close", () => this.#links.delete(link));
    });
  }

  /** Listens on loopback, at a port of its own. */
  static async start(databasePort: number): Promise<DatabaseProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new DatabaseProxy(server, databasePort);
  }

  /** Begins a disturbance; what comes back ends it. */
  disturb(disturbance: Disturbance): () => void {
    this.#disturbances.add(disturbance);
    return () => {
      this.#disturbances.delete(disturbance);
      for (const link of this.#links) link.flush();
    };
  }

  /** True while something waits to be passed on in that direction. */
  holds(direction: Direction): boolean {
    return [...this.#links].some((link) => link.holds(direction));
  }

  /** Breaks every connection and refuses new ones; what comes back ends it. */
  cut(): () => void {
    this.#refusing = true;
    for (const link of this.#links) link.destroy();
    return () => (this.#refusing = false);
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** One connection and its two directions. */
class Link {
  readonly #client: Socket;
  readonly #database: Socket;
  readonly #disturbances: ReadonlySet<Disturbance>;
  readonly #up: Lane;
  readonly #down: Lane;
  #application: string | null = null;

  constructor(client: Socket, databasePort: number, disturbances: ReadonlySet<Disturbance>) {
    this.#client = client;
    this.#database = connect({ port: databasePort, host: "127.0.0.1", noDelay: true });
    this.#disturbances = disturbances;
    this.#up = new Lane(this.#database, () => this.#delayMs("to database", false));
    this.#down = new Lane(client, () => this.#delayMs("from database", false));
    const frames = new FrameReader();
    client.on("data", (chunk: Buffer) => {
      this.#application ??= applicationName(chunk);
      this.#up.push(chunk);
    });
    this.#database.on("data", (chunk: Buffer) => {
      for (const { bytes, notification } of frames.push(chunk)) {
        if (notification) this.#passNotification(bytes);
        else this.#down.push(bytes);
      }
    });
    for (const socket of [client, this.#database]) {
      socket.on("error", () => this.destroy());
      socket.once("close", () => this.destroy());
    }
  }

  #matching(direction: Direction, notification: boolean): Disturbance[] {
    const lease = this.#application === LEASE_APPLICATION;
    return [...this.#disturbances].filter(
      (one) =>
        (one.direction ?? direction) === direction &&
        (one.only ?? (lease ? "lease" : "others")) === (lease ? "lease" : "others") &&
        (one.notifications ?? false) === notification,
    );
  }

  #delayMs(direction: Direction, notification: boolean): number {
    return this.#matching(direction, notification).reduce((sum, { delayMs }) => sum + delayMs, 0);
  }

  /** A late notification comes between two later messages, as it would from a server that sent it late. */
  #passNotification(bytes: Buffer): void {
    const matching = this.#matching("from database", true);
    if (matching.some(({ lose }) => lose)) return;
    const delayMs = this.#delayMs("from database", true);
    if (delayMs === 0) this.#down.push(bytes);
    else setTimeout(() => this.#down.push(bytes), Math.min(delayMs, 60_000)).unref();
  }

  holds(direction: Direction): boolean {
    return (direction === "to database" ? this.#up : this.#down).waiting > 0;
  }

  flush(): void {
    this.#up.flush();
    this.#down.flush();
  }

  destroy(): void {
    this.#client.destroy();
    this.#database.destroy();
  }
}

/** One direction: a queue whose head leaves when it has waited as long as it must. */
class Lane {
  readonly #to: Socket;
  readonly #delayMs: () => number;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(to: Socket, delayMs: () => number) {
    this.#to = to;
    this.#delayMs = delayMs;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  push(bytes: Buffer): void {
    if (this.#to.destroyed) return;
    this.#waiting.push({ bytes, fromMs: performance.now() });
    if (this.#waiting.length === 1) this.flush();
  }

  flush(): void {
    clearTimeout(this.#timer);
    const delayMs = this.#delayMs();
    const nowMs = performance.now();
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const leftMs = next.fromMs + delayMs - nowMs;
      if (leftMs > 0) {
        if (Number.isFinite(leftMs)) this.#timer = setTimeout(() => this.flush(), leftMs).unref();
        return;
      }
      this.#waiting.shift();
      if (!this.#to.destroyed) this.#to.write(next.bytes);
    }
  }
}
