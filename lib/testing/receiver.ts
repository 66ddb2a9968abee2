import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Place } from "@/lib/audit/sinks/receiver";
import { testBatch } from "@/lib/audit/sinks/test-event";
import { gatehouseFormat } from "@/lib/audit/sinks/formats/gatehouse";
import type { LoggedEntry } from "@/lib/audit/sinks/receiver";
import { SETTINGS, type SettingsOf, type SinkKind } from "@/lib/audit/sinks/settings";

/** One request as a receiver got it. */
export type Got = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer };
/** What it answers. `null`: nothing, ever. */
type Says = { status: number; headers?: Record<string, string>; body?: string | Buffer } | null;

/** An HTTP server of a test that keeps what it gets, and answers as it is told. */
export class TestReceiver {
  readonly got: Got[] = [];
  /** Asked for each request; default: 200 and nothing. */
  says: (got: Got) => Says | Promise<Says> = () => ({ status: 200 });
  #server = createServer();

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  static async begin(port = 0): Promise<TestReceiver> {
    const receiver = new TestReceiver();
    receiver.#server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const got = { method, path: url, headers, body: Buffer.concat(chunks) };
        receiver.got.push(got);
        void Promise.resolve(receiver.says(got)).then((says) => {
          if (says) response.writeHead(says.status, says.headers).end(says.body);
        });
      });
    });
    await new Promise<void>((done) => receiver.#server.listen(port, "127.0.0.1", done));
    return receiver;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** A place on this machine, as the settings of its kind say. */
export function placeFor<K extends SinkKind>(kind: K, settings: object, more: Partial<Place<K>> = {}): Place<K> {
  return {
    sinkId: "snk_test",
    settings: SETTINGS[kind].parse({ privateNetwork: true, ...settings }) as SettingsOf<K>,
    secret: "",
    format: gatehouseFormat,
    formatName: "gatehouse",
    hostname: "gatehouse.example.com",
    nowSeconds: () => Date.now() / 1000,
    ...more,
  };
}

/** Entries as the log holds them, their indices from `first` on. */
export function loggedEntries(count: number, first = 0): LoggedEntry[] {
  return Array.from({ length: count }, (_, nth) => {
    const [entry] = testBatch("snk_test", () => 1_795_000_000.123456 + nth).entries;
    if (!entry) throw new Error("a test batch has an entry");
    return { ...entry, idx: first + nth };
  });
}
