import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { OutgoingClient, type OutgoingBounds } from "./client";
import type { Resolve } from "./lookup";

const BOUNDS: OutgoingBounds = { totalMs: 5000, requestMs: 2000, maxBytes: 100_000 };
const open: { close: () => unknown }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function listen(listener: RequestListener): Promise<{ port: number; url: string; seen: () => number }> {
  let seen = 0;
  const server: Server = createServer((request, response) => {
    seen++;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/`, seen: () => seen };
}

function client(bounds: Partial<OutgoingBounds> = {}, resolve?: Resolve): OutgoingClient {
  const made = new OutgoingClient({ ...BOUNDS, ...bounds }, { resolve });
  open.push(made);
  return made;
}

describe("OutgoingClient", () => {
  it("carries method, headers and body there, and status, headers and body back", async () => {
    const { url } = await listen((request, response) => {
      response.writeHead(418, { "x-seen": `${request.method} ${String(request.headers["x-a"])}` });
      request.pipe(response);
    });
    const answer = await client().fetch(url, { method: "POST", headers: { "x-a": "1" }, body: "hello" });
    expect([answer.status, answer.headers.get("x-seen"), await answer.text()]).toEqual([418, "POST 1", "hello"]);
  });

  it.each(["http://169.254.169.254/", "http://[::ffff:169.254.169.254]/", "http://2852039166/", "http://0.0.0.0/"])(
    "refuses %s without a connection",
    async (url) => {
      await expect(client().fetch(url)).rejects.toMatchObject({ reason: "refused_address" });
    },
  );

  it("refuses a name of which any address is refused, before it connects", async () => {
    const { port, seen } = await listen((_request, response) => response.end());
    const resolve: Resolve = () =>
      Promise.resolve([
        { address: "127.0.0.1", family: 4 },
        { address: "169.254.169.254", family: 4 },
      ]);
    await expect(client({}, resolve).fetch(`http://tickets.example:${port}/`)).rejects.toMatchObject({
      reason: "refused_address",
      message: "This address may not be called: it is a link-local address.",
    });
    expect(seen()).toBe(0);
  });

  it("connects to the address that was judged, though the name changes in between", async () => {
    const { port, seen } = await listen((_request, response) => response.end("ok"));
    let looks = 0;
    const resolve: Resolve = () => Promise.resolve([{ address: looks++ ? "169.254.169.254" : "127.0.0.1", family: 4 }]);
    const answer = await client({}, resolve).fetch(`http://rebinding.example:${port}/`);
    expect(await answer.text()).toBe("ok");
    expect([looks, seen()]).toEqual([1, 1]);
  });

  it.each([301, 302, 303, 307, 308])("does not follow a redirect (%i)", async (status) => {
    const target = await listen((_request, response) => response.end());
    const { url } = await listen((_request, response) => response.writeHead(status, { location: target.url }).end());
    await expect(client().fetch(url, { method: "POST", body: "{}" })).rejects.toMatchObject({ reason: "redirect" });
    expect(target.seen()).toBe(0);
  });

  it("ends an answer that never comes, and one that never ends", async () => {
    const silent = await listen(() => undefined);
    await expect(client({ requestMs: 100 }).fetch(silent.url)).rejects.toMatchObject({
      reason: "too_slow",
      message: "The server did not answer within 0.1 seconds.",
    });
    const endless = await listen((_request, response) => void response.write("a"));
    const answer = await client({ requestMs: 100 }).fetch(endless.url);
    await expect(answer.text()).rejects.toMatchObject({ reason: "too_slow" });
  });

  it("bounds the time of all requests together", async () => {
    const { url } = await listen((_request, response) => void setTimeout(() => response.end(), 60));
    const calls = client({ totalMs: 150 });
    const all = async () => {
      for (let i = 0; i < 20; i++) await (await calls.fetch(url)).text();
    };
    await expect(all()).rejects.toMatchObject({ message: "The server did not finish within 0.15 seconds." });
    expect(calls.failure).toMatchObject({ reason: "too_slow" });
  });

  it("bounds the bytes of all answers together, after decompression", async () => {
    const plain = await listen((_request, response) => response.end("a".repeat(60_000)));
    const calls = client();
    expect((await (await calls.fetch(plain.url)).text()).length).toBe(60_000);
    await expect((await calls.fetch(plain.url)).text()).rejects.toMatchObject({ reason: "too_large" });
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const squeezed = await listen((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    );
    expect(bomb.length).toBeLessThan(BOUNDS.maxBytes);
    await expect((await client().fetch(squeezed.url)).text()).rejects.toMatchObject({ reason: "too_large" });
  });

  it("says what is wrong with a name, a port, a connection, and a certificate", async () => {
    const unknown: Resolve = () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
    await expect(client({}, unknown).fetch("http://nowhere.example/")).rejects.toMatchObject({ reason: "unresolved" });
    const { port, url } = await listen((request) => request.socket.destroy());
    await expect(client().fetch(url)).rejects.toMatchObject({ reason: "connection_lost" });
    await expect(client().fetch(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({ reason: "tls" });
    for (const thing of open.splice(0)) await thing.close();
    await expect(client().fetch(url)).rejects.toMatchObject({ reason: "connection_refused" });
  });

  it("takes a body that nobody wants for no failure", async () => {
    const { url } = await listen((_request, response) => response.end("unread"));
    const calls = client();
    await (await calls.fetch(url)).body?.cancel();
    expect(await (await calls.fetch(url)).text()).toBe("unread");
    expect(calls.failure).toBeNull();
  });

  it("fails every later call with the first failure", async () => {
    const { url, seen } = await listen((_request, response) => response.end());
    const calls = client();
    await expect(calls.fetch("http://169.254.1.1/")).rejects.toMatchObject({ reason: "refused_address" });
    await expect(calls.fetch(url)).rejects.toMatchObject({ reason: "refused_address" });
    expect(seen()).toBe(0);
  });
});
