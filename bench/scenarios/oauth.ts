import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { fillOAuth } from "../gatehouse/fill-oauth";
import { figure, markdownTable, textTable, type Table } from "../report/format";
import { median } from "../report/summary";
import type { Report, Stage } from "../scenario";
import { fillForGatehouse, startPeer, type Service } from "../service";

/** Callers that ask again as soon as they were answered; each refreshes a chain of its own. */
const CALLERS = 32;
const WARM_UP_MS = 1_500;
const RESOURCE = "https://tickets.example.com/mcp";
const GATEHOUSE_STATIC_TOKENS = 100;

type Side = {
  id: string;
  title: string;
  service: Service;
  path: string;
  machine: { clientId: string; secret: string };
  app: { clientId: string };
  refreshTokens: string[];
};
type Seen = { side: string; kind: string; round: number; perSecond: number; p50: number; p99: number; errors: number };

/** One request at a token endpoint; the parsed answer, or null where it was refused. */
function ask(
  side: Side,
  agent: Agent,
  form: Record<string, string>,
  authorization?: string,
): Promise<{ refresh_token?: string } | null> {
  const body = new URLSearchParams(form).toString();
  return new Promise((done) => {
    const call = request(
      {
        host: "127.0.0.1",
        port: side.service.port,
        path: side.path,
        method: "POST",
        agent,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "content-length": Buffer.byteLength(body),
          ...(authorization ? { authorization } : {}),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("end", () => done(response.statusCode === 200 ? (JSON.parse(text) as object) : null));
      },
    );
    call.once("error", () => done(null));
    call.end(body);
  });
}

/** What each caller asks next. */
function asker(side: Side, kind: string, agent: Agent): (caller: number) => Promise<boolean> {
  const { clientId, secret } = side.machine;
  const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`;
  if (kind === "client credentials") {
    const form = { grant_type: "client_credentials", scope: "tickets:read", resource: RESOURCE };
    return async () => (await ask(side, agent, form, basic)) !== null;
  }
  return async (caller) => {
    const form = {
      grant_type: "refresh_token",
      client_id: side.app.clientId,
      refresh_token: side.refreshTokens[caller] ?? "",
    };
    const answer = await ask(side, agent, form);
    if (answer?.refresh_token) side.refreshTokens[caller] = answer.refresh_token;
    return answer !== null;
  };
}

async function drive(side: Side, kind: string, round: number, durationMs: number): Promise<Seen> {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const next = asker(side, kind, agent);
  const from = performance.now() + WARM_UP_MS;
  const until = from + durationMs;
  const took: number[] = [];
  let errors = 0;
  const work = async (caller: number) => {
    for (let beganAt = performance.now(); beganAt < until; beganAt = performance.now()) {
      const good = await next(caller);
      if (beganAt < from) continue;
      if (good) took.push(performance.now() - beganAt);
      else errors++;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => work(caller)));
  agent.destroy();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(share * (took.length - 1))] ?? Number.NaN;
  return {
    side: side.id,
    kind,
    round,
    perSecond: (took.length * 1000) / durationMs,
    p50: at(0.5),
    p99: at(0.99),
    errors,
  };
}

async function startSides(stage: Stage): Promise<Side[]> {
  const { database, folder } = stage;
  const filled = await fillForGatehouse({ name: "oauth", database, folder, tokenCount: GATEHOUSE_STATIC_TOKENS });
  const parties = await fillOAuth(filled.url, CALLERS);
  const gatehouse = await filled.start();
  const peer = await startPeer(
    { name: "oidc-provider-tokens", database, folder, tokenCount: CALLERS },
    "oidc-provider-tokens.mjs",
  );
  const { file, length } = peer.tokens;
  const all = readFileSync(file).toString("latin1");
  return [
    { id: "gatehouse", title: "Gatehouse", service: gatehouse, path: "/oauth/token", ...parties },
    {
      id: "oidc-provider",
      title: "oidc-provider, in memory",
      service: peer,
      path: "/token",
      machine: { clientId: "machine", secret: "a-secret-for-measurements-alone" },
      app: { clientId: "app" },
      refreshTokens: Array.from({ length: CALLERS }, (_, nth) => all.slice(nth * length, (nth + 1) * length)),
    },
  ];
}

function tableOf(sides: readonly Side[], seen: readonly Seen[]): Table {
  const rows = ["client credentials", "refresh"].flatMap((kind) =>
    sides.map(({ id, title }) => {
      const own = seen.filter((one) => one.side === id && one.kind === kind);
      const of = (which: string, pick: (one: Seen) => number) =>
        median(seen.filter((one) => one.side === which && one.kind === kind).map(pick));
      const rate = of(id, ({ perSecond }) => perSecond);
      return [
        `${kind}: ${title}`,
        figure(rate),
        `${figure(rate / of("oidc-provider", ({ perSecond }) => perSecond))} ×`,
        figure(of(id, ({ p50 }) => p50)),
        figure(of(id, ({ p99 }) => p99)),
        String(own.reduce((sum, { errors }) => sum + errors, 0)),
      ];
    }),
  );
  return { head: ["Token endpoint", "tokens/s", "to oidc-provider", "p50 ms", "p99 ms", "errors"], rows };
}

/**
 * The token endpoint: client credentials with a secret, and refresh with rotation, each with a JWT signed anew. Gatehouse writes
 * a row and an audit entry for each token and commits before it answers; the engine alone keeps everything in memory.
 */
export async function oauth(stage: Stage): Promise<Report> {
  const { options, say } = stage;
  const sides = await startSides(stage);
  const seen: Seen[] = [];
  try {
    for (let round = 1; round <= options.rounds; round++)
      for (const kind of ["client credentials", "refresh"])
        for (const side of sides) {
          const one = await drive(side, kind, round, options.seconds * 1000);
          say(`  round ${round}: ${kind}, ${side.title}: ${figure(one.perSecond)} tokens/s`);
          seen.push(one);
        }
  } finally {
    await Promise.all(sides.map(({ service }) => service.stop()));
  }
  const table = tableOf(sides, seen);
  const heading = "Tokens from the token endpoint";
  return {
    text: `${heading}\n\n${textTable(table)}`,
    markdown: `## ${heading}\n\n${CALLERS} callers, each asks again as soon as it was answered; medians of ${options.rounds} rounds of ${options.seconds} s. Gatehouse commits a row and an audit entry for each token before it answers; \`oidc-provider\` is its own engine with its in-memory adapter, which keeps nothing.\n\n${markdownTable(table)}`,
    data: { seen },
    records: seen,
    charts: {},
  };
}
