import { Agent, request } from "node:http";
import type { Revocation, Validation } from "./history";

/** The longest that a caller waits for an answer, ms: longer than any fault, so that what was held up is judged as well. */
const PATIENCE_MS = 15_000;

/** Why a decision may be a denial here: everything else is no answer that these tests can judge. */
const ENDED = new Set(["revoked", "agent_suspended", "person_suspended", "role_missing"]);

type Reply = { status: number; text: string; invokedMs: number; respondedMs: number };

/** Is told of each call that was answered with decisions: its request id, and how many. */
export type Answered = (requestId: string, decisions: number) => void;

/** Callers of one authority, on connections that they keep. */
export class Calls {
  readonly #where: string;
  readonly #port: number;
  readonly #key: string;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });

  readonly #answered: Answered | undefined;

  /** @param key the server key that speaks for every call */
  constructor(where: string, port: number, key: string, answered?: Answered) {
    this.#where = where;
    this.#port = port;
    this.#key = key;
    this.#answered = answered;
  }

  /** Asks about a token. Never throws for what a fault does; throws `UnexpectedAnswer`. */
  async validate(token: string): Promise<Validation> {
    const { status, text, ...interval } = await this.#post(
      "/api/v1/validate",
      "application/json",
      JSON.stringify({ token, tool: "list_tickets" }),
    );
    const outcome = wasAnswered(status, text) ? outcomeOf(JSON.parse(text) as Decision, text) : "failed";
    return { kind: "validate", where: this.#where, outcome, ...interval };
  }

  /** Asks about several tokens in one call; in their order. As `validate`. */
  async validateAll(tokens: readonly string[]): Promise<Validation[]> {
    const { status, text, ...interval } = await this.#post(
      "/api/v1/validate/batch",
      "application/json",
      JSON.stringify({ items: tokens.map((token) => ({ token, tool: "list_tickets" })) }),
    );
    const results = wasAnswered(status, text) ? (JSON.parse(text) as { results: Decision[] }).results : [];
    return tokens.map((_, nth) => {
      const decision = results[nth];
      const outcome = decision ? outcomeOf(decision, text) : "failed";
      return { kind: "validate", where: this.#where, outcome, ...interval };
    });
  }

  /** Revokes a token, as RFC 7009 says. As `validate`. */
  async revoke(token: string): Promise<Revocation> {
    const { status, text, ...interval } = await this.#post(
      "/oauth/revoke",
      "application/x-www-form-urlencoded",
      new URLSearchParams({ token }).toString(),
    );
    if (status !== 200 && status !== 0 && status !== 503) throw new UnexpectedAnswer(status, text);
    return { kind: "revoke", where: this.#where, outcome: status === 200 ? "done" : "failed", ...interval };
  }

  /** Status 0 where no whole answer came. */
  #post(path: string, contentType: string, body: string): Promise<Reply> {
    const invokedMs = performance.now();
    return new Promise((done) => {
      const finish = (status: number, text: string) =>
        done({ status, text, invokedMs, respondedMs: performance.now() });
      const call = request(
        {
          host: "127.0.0.1",
          port: this.#port,
          agent: this.#agent,
          method: "POST",
          path,
          timeout: PATIENCE_MS,
          headers: {
            authorization: `Bearer ${this.#key}`,
            "content-type": contentType,
            "content-length": Buffer.byteLength(body),
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          response.once("end", () => {
            const status = response.complete ? (response.statusCode ?? 0) : 0;
            if (status === 200) this.#note(String(response.headers["x-request-id"]), text);
            finish(status, text);
          });
          response.once("error", () => finish(0, ""));
        },
      );
      call.once("timeout", () => call.destroy());
      call.once("error", () => finish(0, ""));
      call.end(body);
    });
  }

  #note(requestId: string, text: string): void {
    if (!this.#answered || !text.startsWith("{")) return; // a revocation is answered with nothing
    const { results } = JSON.parse(text) as { results?: unknown[] };
    this.#answered(requestId, results?.length ?? 1);
  }

  close(): void {
    this.#agent.destroy();
  }
}

type Decision = { decision: string; reason: string };

/** False where no decision came; throws `UnexpectedAnswer` for what is neither. */
function wasAnswered(status: number, text: string): boolean {
  if (status !== 0 && status !== 200 && status !== 503) throw new UnexpectedAnswer(status, text);
  return status === 200;
}

function outcomeOf({ decision, reason }: Decision, text: string): Validation["outcome"] {
  if (decision === "allow") return "allow";
  if (!ENDED.has(reason)) throw new UnexpectedAnswer(200, text);
  return "revoked";
}

/** An answer that has no place in these tests. It holds no token: the API never repeats one. */
export class UnexpectedAnswer extends Error {
  readonly requestId: string;

  constructor(status: number, text: string) {
    super(`answer ${status} was not expected: ${text}`);
    this.name = "UnexpectedAnswer";
    this.requestId = /req_\w+/.exec(text)?.[0] ?? "no request id";
  }
}
