import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atEnd, cleanUp, databaseOf, makeDataDir, refusal, startGatehouse, type Gatehouse } from "./gatehouse";

let running: Gatehouse;

beforeAll(async () => {
  running = await startGatehouse();
});
afterAll(cleanUp);

/** A listener that is not PostgreSQL. */
async function listener(onConnect: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    onConnect(socket);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  atEnd(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Starts with these values; it must end with code 1 and one sentence, without a stack. */
async function expectSentence(env: Record<string, string>, words: RegExp): Promise<void> {
  const { code, said } = await refusal({
    GATEHOUSE_DATA_DIR: env.DATABASE_URL ? "/nonexistent" : makeDataDir(),
    ...env,
  });
  expect(said).toMatch(words);
  expect(said.split("\n")).toHaveLength(1);
  expect(said).not.toMatch(/\n\s+at |Error:|hunter2/);
  expect(code).toBe(1);
}

describe("a start that cannot be", () => {
  it("names the bad environment value", async () => {
    await expectSentence({ PORT: "abc" }, /^PORT is not usable: must be a whole number/);
    await expectSentence({ GATEHOUSE_TRUSTED_PROXIES: "lan" }, /^GATEHOUSE_TRUSTED_PROXIES is not usable: "lan"/);
    await expectSentence({ HOST: "203.0.113.7" }, /^HOST is not usable: this machine has no address 203\.0\.113\.7/);
  });

  it("has said before that its public address has no TLS, where that is not this very machine's", async () => {
    const { said } = await refusal({
      GATEHOUSE_DATA_DIR: running.dataDir,
      GATEHOUSE_URL: "http://gatehouse.example.com",
    });
    expect(JSON.parse(said.split("\n")[0] ?? "")).toMatchObject({
      issuer: "http://gatehouse.example.com",
      msg: expect.stringContaining("without TLS"),
    });
  });

  it("names the port that is taken", async () => {
    const port = await listener((socket) => socket.destroy());
    await expectSentence({ PORT: String(port) }, new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken`));
  });

  it("says that the data folder is in use, and by which process", async () => {
    await expectSentence(
      { GATEHOUSE_DATA_DIR: running.dataDir },
      new RegExp(`^Gatehouse already runs on the data folder ${running.dataDir} \\(process ${running.pid}, http`),
    );
    expect((await fetch(`${running.base}/readyz`)).status).toBe(200); // the first one is unharmed
  });

  it("says so when the same port and data folder are started twice", async () => {
    await expectSentence(
      { GATEHOUSE_DATA_DIR: running.dataDir, PORT: String(running.port) },
      /^Gatehouse already runs on the data folder/,
    );
  });

  it("names the folder that cannot be written", async () => {
    const folder = makeDataDir();
    writeFileSync(join(folder, "file"), "");
    await expectSentence({ GATEHOUSE_DATA_DIR: join(folder, "file", "data") }, /^The (data )?folder .* cannot be/);
    if (process.getuid?.() === 0) return; // nothing is closed to root
    chmodSync(folder, 0o500);
    await expectSentence({ GATEHOUSE_DATA_DIR: join(folder, "data") }, /^The (data )?folder .* cannot be/);
    chmodSync(folder, 0o755);
  });

  it("does not start on a database that was made with another secret", async () => {
    const gatehouse = await startGatehouse();
    expect(await gatehouse.stop()).toBe(0);
    await expectSentence(
      { GATEHOUSE_DATA_DIR: gatehouse.dataDir, GATEHOUSE_SECRET: "another secret of more than 32 characters" },
      /^GATEHOUSE_SECRET .* is not the one that this database was made with/,
    );
  });
});

describe("a DATABASE_URL that cannot be used", () => {
  const url = (port: number, login = "gatehouse:hunter2") => `postgresql://${login}@127.0.0.1:${port}/gatehouse`;

  it("is unreachable", async () => {
    await expectSentence({ DATABASE_URL: url(1) }, /^The database at 127\.0\.0\.1:1\/gatehouse cannot be reached/);
    await expectSentence(
      { DATABASE_URL: "postgresql://gatehouse:hunter2@nowhere.invalid/gatehouse" },
      /^The database cannot be reached: there is no host nowhere\.invalid/,
    );
  });

  it("is not PostgreSQL", async () => {
    const web = await listener((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await expectSentence({ DATABASE_URL: url(web) }, /does not answer as a PostgreSQL server/);
    const rude = await listener((socket) => void socket.destroy());
    await expectSentence({ DATABASE_URL: url(rude) }, /does not answer as a PostgreSQL server/);
  });

  it("has the wrong login or no such database", async () => {
    const real = new URL(databaseOf(running.dataDir).url);
    await expectSentence({ DATABASE_URL: url(Number(real.port), "postgres:hunter2") }, /refuses the login/);
    real.pathname = "/absent";
    await expectSentence({ DATABASE_URL: real.toString() }, /has no database absent/);
  });
});
