import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** What a caller of validate holds: a server's key and a token for it. */
export type Caller = { key: string; token: string; tool: string };

/** One call, as its caller saw it. `status` 0: the connection failed before an answer began; -1: the answer was cut. */
export type Answer = { status: number; auditId: string | null; decision: string | null; atMs: number; tookMs: number };

type Told = { auditId: string; decision: string };

/** Calls validate once. Never throws. */
export async function validate(port: number, caller: Caller, agent: Agent): Promise<Answer> {
  const [answer] = await ask(port, caller, agent, 1);
  return answer as Answer;
}

/** Asks about one call, or about several at once (`/batch`): an answer for each. Never throws. */
function ask(port: number, caller: Caller, agent: Agent, count: number): Promise<Answer[]> {
  const startedAt = performance.now();
  const item = { token: caller.token, tool: caller.tool };
  const body = JSON.stringify(count === 1 ? item : { items: Array.from({ length: count }, () => item) });
  return new Promise((done) => {
    const finish = (status: number, text = "") => {
      const parsed = status === 200 ? (JSON.parse(text) as Told | { results: Told[] }) : null;
      const told = parsed === null ? [null] : "results" in parsed ? parsed.results : [parsed];
      const when = { status, atMs: Date.now(), tookMs: performance.now() - startedAt };
      done(told.map((one) => ({ ...when, auditId: one?.auditId ?? null, decision: one?.decision ?? null })));
    };
    const call = request(
      {
        host: "127.0.0.1",
        port,
        agent,
        method: "POST",
        path: count === 1 ? "/api/v1/validate" : "/api/v1/validate/batch",
        headers: { authorization: `Bearer ${caller.key}`, "content-type": "application/json" },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("end", () => (response.complete ? finish(response.statusCode ?? 0, text) : finish(-1)));
        response.once("error", () => finish(-1));
      },
    );
    call.once("error", () => finish(0));
    call.end(body);
  });
}

/** A load that runs until it is stopped. */
export type Load = {
  answers: readonly Answer[];
  /** How many calls were answered 200 since a moment (`Date.now()`). */
  answeredSince: (ms: number) => number;
  stop: () => Promise<readonly Answer[]>;
};

/** A few callers that call validate again and again over kept connections, about `perCall` calls at once, with a pause between. */
export function steadyLoad(
  port: number,
  caller: Caller,
  options: { callers: number; pauseMs: number; perCall?: number } = { callers: 4, pauseMs: 10 },
): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: options.callers });
  const answers: Answer[] = [];
  let running = true;
  const work = async () => {
    while (running) {
      answers.push(...(await ask(port, caller, agent, options.perCall ?? 1)));
      await sleep(options.pauseMs);
    }
  };
  const workers = Array.from({ length: options.callers }, work);
  return {
    answers,
    answeredSince: (ms) => answers.filter(({ status, atMs }) => status === 200 && atMs > ms).length,
    stop: async () => {
      running = false;
      await Promise.all(workers);
      agent.destroy();
      return answers;
    },
  };
}

/** What the audit log holds, as far as these tests look. */
export type LogFacts = {
  /** True where the indices are 0, 1, 2, … without a gap or a double. */
  dense: boolean;
  /** How often each id stands in the log (ids of token.validate alone). */
  validated: Map<string, number>;
};

/** Reads the whole audit log. */
export async function readLog(url: string): Promise<LogFacts> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ idx: string; id: string; action: string }>(
      "SELECT idx, id, action FROM audit_entry ORDER BY idx",
    );
    const validated = new Map<string, number>();
    for (const { id, action } of rows) if (action === "token.validate") validated.set(id, (validated.get(id) ?? 0) + 1);
    return { dense: rows.every(({ idx }, position) => Number(idx) === position), validated };
  } finally {
    await client.end();
  }
}
