import { createServer, request, Agent } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { drain } from "./drain";

/** A server that answers after `ms`, and how to ask it over one kept connection. */
async function slowServer(ms: number) {
  const server = createServer((_request, response) => void setTimeout(() => response.end("whole"), ms));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<string>((done) => {
      const call = request({ host: "127.0.0.1", port, agent }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => done(`${text} ${response.headers.connection}`));
      });
      call.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? "error"));
      call.end();
    });
  return { server, ask, agent };
}

describe("drain", () => {
  it("lets an answer that is under way finish, and takes no new connection", async () => {
    const { server, ask, agent } = await slowServer(150);
    const underWay = ask();
    await sleep(50);
    const drained = drain(server);
    expect(await underWay).toMatch(/^whole/);
    await drained;
    expect(await ask()).toMatch(/^ECONN/);
    agent.destroy();
  });

  it("ends soon although a client asks again and again over one connection, and cuts no answer", async () => {
    const { server, ask, agent } = await slowServer(5);
    const answers: string[] = [];
    let running = true;
    const client = (async () => {
      while (running) {
        answers.push(await ask());
        if (answers.at(-1) === "ECONNREFUSED") running = false;
      }
    })();
    while (answers.length < 3) await sleep(5);
    const startedAt = performance.now();
    await drain(server);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    running = false;
    await client;
    expect(answers.filter((answer) => answer.startsWith("whole")).length).toBeGreaterThan(2);
    expect(answers.filter((answer) => !/^whole|ECONNREFUSED|ECONNRESET/.test(answer))).toEqual([]);
    agent.destroy();
  });
});
