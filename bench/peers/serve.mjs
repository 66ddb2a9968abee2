// What every peer shares: how it is started, how it listens, how it reads and answers JSON.
import { once } from "node:events";
import { appendFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

/** What the bench tells a peer that it starts. */
export const settings = {
  /** A database of the peer's own, empty. */
  databaseUrl: process.env.DATABASE_URL ?? "",
  /** How many live tokens there shall be. */
  tokenCount: Number(process.env.BENCH_TOKENS ?? 1),
  /** Where the peer writes them for the load generator: all of one length, with nothing between them. */
  tokenFile: process.env.BENCH_TOKEN_FILE ?? "",
  /** Which way of several, where a peer has several. */
  variant: process.env.BENCH_VARIANT ?? "",
};

/** @param {readonly string[]} tokens Hands the tokens over to the load generator. */
export function handOver(tokens) {
  writeFileSync(settings.tokenFile, "", { mode: 0o600 });
  appendFileSync(settings.tokenFile, tokens.join(""));
}

/** @param {import("node:http").RequestListener} listener Listens on a free port of loopback and tells the bench which. */
export async function listen(listener) {
  const server = createServer(listener);
  server.keepAliveTimeout = 65_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.send?.({ port: server.address().port });
  process.on("disconnect", () => process.exit(0));
}

/** @param {import("node:http").IncomingMessage} request The JSON body. */
export function readJson(request) {
  return new Promise((done, failed) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.once("end", () => {
      try {
        done(JSON.parse(Buffer.concat(chunks).toString()));
      } catch (error) {
        failed(error);
      }
    });
    request.once("error", failed);
  });
}

/** @param {import("node:http").ServerResponse} response @param {string} text Answers with JSON. */
export function sendJson(response, text, status = 200) {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Does `work` for each number below `count`, some at once. */
export async function forEachOf(count, work, atOnce = 16) {
  let next = 0;
  const worker = async () => {
    for (let nth = next++; nth < count; nth = next++) await work(nth);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
