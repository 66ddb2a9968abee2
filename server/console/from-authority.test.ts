import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { INTERNAL_HEADERS } from "@/lib/http/internal";
import { onlyFromAuthority } from "./from-authority";

const secret = "the launcher's word, of more than 32 characters";
process.env.GATEHOUSE_INTERNAL_SECRET = secret;

let server: Server;
let url: string;
let reached = 0;
beforeAll(async () => {
  server = createServer(
    onlyFromAuthority((_request, response) => {
      reached += 1;
      response.end("the console");
    }),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  reached = 0;
});

describe("the console", () => {
  it("answers what came through the authority", async () => {
    const response = await fetch(url, { headers: { [INTERNAL_HEADERS.secret]: secret } });
    expect(await response.text()).toBe("the console");
  });

  it.each([
    ["no secret", {}],
    ["another secret", { [INTERNAL_HEADERS.secret]: secret.replace("word", "lord") }],
    ["a part of it", { [INTERNAL_HEADERS.secret]: secret.slice(0, -1) }],
    ["the authority's other headers alone", { [INTERNAL_HEADERS.clientIp]: "192.0.2.1" }],
  ])("answers an empty 403 to %s, whatever is asked for", async (_name, headers) => {
    for (const path of ["/", "/_next/static/x.js", "/api/auth/csrf", "/api/v1/tokens"]) {
      const response = await fetch(url + path, { headers: headers as Record<string, string> });
      expect(response.status).toBe(403);
      expect(await response.text()).toBe("");
    }
    expect(reached).toBe(0);
  });
});
