import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

type Entry = { index: number | null; test?: true; body: { action: string; target: { id: string } | null } };

/** A receiver of webhooks on loopback, as a company would run one: it checks signatures with Standard Webhooks' own library. */
export class WebhookReceiver {
  /** What it took, in order; test events too. */
  readonly taken: Entry[] = [];
  /** The status that it answers with; 401 where the signature is wrong. */
  says: (entries: readonly Entry[]) => number = () => 200;
  secret = "";
  #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => response.writeHead(this.#answer(Buffer.concat(chunks), request.headers)).end());
  });

  static async begin(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((done) => receiver.#server.listen(0, "127.0.0.1", done));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/audit`;
  }

  /** The indices of the entries that were taken about a thing, by its id. */
  about = (id: string): number[] =>
    this.taken.flatMap(({ index, body }) => (body.target?.id === id && index !== null ? [index] : []));

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #answer(body: Buffer, headers: NodeJS.Dict<string | string[]>): number {
    try {
      const { data } = new Webhook(this.secret).verify(body, headers as Record<string, string>) as {
        data: { entries: Entry[] };
      };
      const status = this.says(data.entries);
      if (status === 200) this.taken.push(...data.entries);
      return status;
    } catch {
      return 401;
    }
  }
}
