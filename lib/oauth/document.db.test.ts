import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { makeCertificate } from "@/lib/testing/certificate";
import { anonymousCtx, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { refusedAddress } from "@/lib/outgoing/address";
import type { Resolve } from "@/lib/outgoing/lookup";
import { clientByDocument, isDocumentId } from "./document";
import { reapOAuth } from "./reap";

useTestDatabase();

const { cert, key } = makeCertificate(["client.example", "intranet.example"]);
const CALLBACK = "https://client.example/callback";
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let port = 0;
let asked: string[] = [];
let answer: Answer;
let now = Date.now() / 1000;
let nth = 0;

beforeAll(async () => {
  server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  asked = [];
  answer = document();
  await policy({ documents: "open", documentHosts: ["client.example"] });
});

const loopback: Resolve = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
const policy = (data: { documents: string; documentHosts?: string[] }) =>
  db().instance.update({ where: { id: 1 }, data });
/** A client id of its own at the test's server. */
const newId = (host = "client.example") => `https://${host}:${port}/clients/${++nth}.json`;
const ctx = () => anonymousCtx({ nowSeconds: () => now, source: { ip: null, userAgent: null } });
const read = (clientId: string, resolve = loopback) => clientByDocument(ctx(), clientId, { resolve, ca: cert });

/** Serves the document that stands at whatever address is asked for. */
function document(overrides: object = {}, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    const clientId = `https://${request.headers.host ?? ""}${request.url ?? ""}`;
    const body = { client_id: clientId, client_name: "Example", redirect_uris: [CALLBACK], ...overrides };
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

describe("a client's metadata document", () => {
  it("makes a client that may ask people, and is recorded", async () => {
    const before = await lastIdx();
    const clientId = newId();
    expect(await read(clientId)).toMatchObject({
      clientId,
      authMethod: "none",
      redirectUris: [CALLBACK],
      grantTypes: ["authorization_code", "refresh_token"],
      agent: { name: "Example", origin: "document", ownerId: null },
    });
    expect(await entriesSince(before)).toMatchObject([{ action: "client.register", outcome: "success" }]);
  });

  it.each([
    ["another address", "https://client.example/other.json"],
    ["another spelling of the address", "https://CLIENT.example/clients/1.json"],
    ["nothing", undefined],
  ])("is refused where its client_id is %s", async (_what, client_id) => {
    answer = document({ client_id });
    await expect(read(newId())).rejects.toThrow("client_id is not the address");
  });

  it("is refused with a secret in it: anybody can read it", async () => {
    answer = document({ client_secret: "hunter2" });
    await expect(read(newId())).rejects.toThrow("must not hold a client_secret");
  });

  it.each(["client_secret_basic", "client_secret_post", "client_secret_jwt", "tls_client_auth"])(
    "is refused where it wants to show who it is with %s",
    async (token_endpoint_auth_method) => {
      answer = document({ token_endpoint_auth_method });
      await expect(read(newId())).rejects.toThrow("token_endpoint_auth_method");
    },
  );

  it.each([
    [["javascript:alert(1)"]],
    [["http://client.example/callback"]],
    [["https://client.example/*"]],
    [["https://user@client.example/callback"]],
    [[]],
    [undefined],
  ])("is refused with the redirect addresses %j", async (redirect_uris) => {
    answer = document({ redirect_uris });
    await expect(read(newId())).rejects.toThrow(/redirect_uris/);
  });

  it.each([
    ["not JSON", (_q: IncomingMessage, r: ServerResponse) => void r.end("<html>")],
    ["a list", (_q: IncomingMessage, r: ServerResponse) => void r.end("[]")],
    ["an error", (_q: IncomingMessage, r: ServerResponse) => void r.writeHead(404).end("{}")],
  ])("is refused where there is %s, and no client comes of it", async (_what, given) => {
    answer = given;
    const clients = await db().oauthClient.count();
    await expect(read(newId())).rejects.toThrow("metadata document");
    expect(await db().oauthClient.count()).toBe(clients);
  });

  it("gets no grant in its own name, whatever it asks for", async () => {
    answer = document({ grant_types: ["authorization_code", "client_credentials"] });
    expect((await read(newId()))?.grantTypes).toEqual(["authorization_code", "refresh_token"]);
  });
});

describe("what is kept of a document", () => {
  it.each([
    ["without a word about it", {}, 300],
    ["with max-age", { "cache-control": "public, max-age=3600" }, 3600],
    ["with no-store: not asked for each request all the same", { "cache-control": "no-store" }, 300],
    ["with max-age=0", { "cache-control": "max-age=0" }, 300],
    ["with a year: a changed document counts after a day", { "cache-control": "max-age=31536000" }, 86_400],
  ])("counts, %s", async (_what, headers, seconds) => {
    answer = document({}, headers);
    const clientId = newId();
    await read(clientId);
    now += seconds - 1;
    await read(clientId);
    expect(asked).toHaveLength(1);
    now += 2;
    await read(clientId);
    expect(asked).toHaveLength(2);
  });

  it("is replaced by what the document says later, with an entry that says what changed", async () => {
    const clientId = newId();
    await read(clientId);
    now += 301;
    const before = await lastIdx();
    answer = document({ redirect_uris: ["https://client.example/new"] });
    expect((await read(clientId))?.redirectUris).toEqual(["https://client.example/new"]);
    const [entry] = await entriesSince(before);
    expect(entry).toMatchObject({ action: "client.update", outcome: "success" });
    expect(JSON.stringify(entry?.body)).toContain("https://client.example/new");
  });

  it.each([
    ["cannot be had", (_q: IncomingMessage, r: ServerResponse) => void r.destroy()],
    ["is an error page", (_q: IncomingMessage, r: ServerResponse) => void r.writeHead(500).end()],
    ["now says that it is somebody else", document({ client_id: "https://evil.example/x" })],
  ])("counts on where the document %s", async (_what, broken) => {
    const clientId = newId();
    await read(clientId);
    now += 100_000;
    answer = broken;
    expect(await read(clientId)).toMatchObject({ clientId, redirectUris: [CALLBACK] });
  });

  it("is asked for once by many at once, and again only half a minute after it could not be had", async () => {
    const broken: Answer = (_request, response) => void response.writeHead(503).end();
    const clientId = newId();
    answer = broken;
    await Promise.all(
      Array.from({ length: 10 }, () => expect(read(clientId)).rejects.toThrow("The metadata document's address answered 503.")), // prettier-ignore
    );
    now += 29;
    answer = document();
    await expect(read(clientId)).rejects.toThrow("answered 503");
    expect(asked).toHaveLength(1);
    now += 2;
    expect(await read(clientId)).toMatchObject({ clientId });
    expect(asked).toHaveLength(2);

    now += 301;
    answer = broken;
    expect(await read(clientId)).toMatchObject({ redirectUris: [CALLBACK] });
    answer = document({ redirect_uris: ["https://client.example/new"] });
    now += 29;
    expect(await read(clientId)).toMatchObject({ redirectUris: [CALLBACK] });
    expect(asked).toHaveLength(3);
    now += 2;
    expect(await read(clientId)).toMatchObject({ redirectUris: ["https://client.example/new"] });
  });

  it("is forgotten after thirty days in which nobody let the client in; a suspended one stays suspended", async () => {
    const [unused, suspended] = [newId(), newId()];
    await read(unused);
    await read(suspended);
    await db().agent.updateMany({
      where: { client: { clientId: suspended } },
      data: { status: "suspended", suspendedAt: new Date() },
    });
    await reapOAuth(systemCtx({ nowSeconds: () => now + 31 * 86_400 }), undefined);
    expect(await db().oauthClient.count({ where: { clientId: unused } })).toBe(0);
    expect(await db().agent.findFirst({ where: { client: { clientId: suspended } } })).toMatchObject({
      status: "suspended",
    });
  });
});

describe("the policy", () => {
  it("knows no client by its document where they are off, and asks for none", async () => {
    await policy({ documents: "off" });
    expect(await read(newId())).toBeNull();
    expect(asked).toEqual([]);
  });

  it("takes those of listed hosts alone, by the whole host name", async () => {
    await policy({ documents: "listed", documentHosts: ["client.example"] });
    expect(await read(newId())).not.toBeNull();
    asked = [];
    for (const host of ["intranet.example", "client.example.evil.example", "evil-client.example"])
      expect(await read(newId(host))).toBeNull();
    expect(asked).toEqual([]);
  });

  it("cuts off at once a client that was known before its host left the list", async () => {
    await policy({ documents: "listed" });
    const clientId = newId();
    await read(clientId);
    await policy({ documents: "listed", documentHosts: [] });
    expect(await read(clientId)).toBeNull();
  });
});

describe("an address that a stranger names", () => {
  it.each([
    ["loopback", "127.0.0.1"],
    ["a private network", "10.1.2.3"],
    ["a private network, of IPv6", "fd12:3456::1"],
    ["a carrier's network", "100.64.0.1"],
    ["a cloud's metadata service", "169.254.169.254"],
    ["loopback in the clothes of IPv6", "::ffff:127.0.0.1"],
  ])("is never asked where it is in %s, and the answer does not tell that it was there", async (_what, address) => {
    const family = address.includes(":") ? 6 : 4;
    const inside = await read(newId("intranet.example"), () => Promise.resolve([{ address, family }])).catch(String);
    const nowhere = await read(newId("intranet.example"), () =>
      Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })),
    ).catch(String);
    expect(inside).toBe(nowhere);
    expect(asked).toEqual([]);
  });

  it.each(["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254"])(
    "is never asked as a bare number: %s",
    async (host) => {
      await expect(read(`https://${host}:${port}/client.json`)).rejects.toThrow("could not be read");
      expect(asked).toEqual([]);
    },
  );

  it("is looked up once: a name that changes between the look and the call gains nothing", async () => {
    await policy({ documents: "open", documentHosts: [] });
    // May be called, as far as its number tells, and belongs to nobody: IANA has given out nothing above 3fff::/16 for unicast.
    const outside = "4000::1";
    expect(refusedAddress(outside, "public")).toBeNull();
    let looks = 0;
    const rebinding: Resolve = () =>
      Promise.resolve(looks++ === 0 ? [{ address: outside, family: 6 }] : [{ address: "127.0.0.1", family: 4 }]);
    await expect(read(newId(), rebinding)).rejects.toThrow();
    expect(asked).toEqual([]);
    expect(looks).toBe(1);
  });

  it("is refused where any of its addresses is inside", async () => {
    const both: Resolve = () =>
      Promise.resolve([
        { address: "93.184.216.34", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    await expect(read(newId("intranet.example"), both)).rejects.toThrow("could not be read");
    expect(asked).toEqual([]);
  });

  it.each([301, 302, 303, 307, 308])("leads nowhere else (%i)", async (status) => {
    answer = (request, response) => {
      if (request.url === "/elsewhere") return document()(request, response);
      response.writeHead(status, { location: "/elsewhere" }).end();
    };
    await expect(read(newId())).rejects.toThrow("redirect");
    expect(asked).toHaveLength(1);
  });

  it("sends no more than is read: a huge document ends the call", async () => {
    answer = document({ padding: "x".repeat(100_000) });
    await expect(read(newId())).rejects.toThrow("exceed");
  });

  it("may not take its time", async () => {
    answer = () => undefined;
    await expect(read(newId())).rejects.toThrow("did not answer within 3 seconds");
  });

  it("is not believed with a certificate that nobody vouches for", async () => {
    await expect(clientByDocument(ctx(), newId(), { resolve: loopback })).rejects.toThrow("TLS");
  });
});

describe("isDocumentId", () => {
  it.each([
    "http://client.example/c.json",
    "https://client.example",
    "https://client.example/",
    "https://user@client.example/c.json",
    "https://user:pass@client.example/c.json",
    "https://client.example/c.json#part",
    "https://client.example/a/../c.json",
    "https://client.example/a/%2e%2e/c.json",
    "https://client.example/./c.json",
    "https://CLIENT.example/c.json",
    "HTTPS://client.example/c.json",
    "https://client.example:443/c.json",
    "https://client.example\\c.json",
    "https://2130706433/c.json",
    `https://client.example/${"x".repeat(500)}`,
  ])("takes %s for no address of a document", (clientId) => {
    expect(isDocumentId(clientId)).toBe(false);
  });

  it("takes an https address with a path", () => {
    expect(isDocumentId("https://client.example/oauth/client.json")).toBe(true);
  });
});
