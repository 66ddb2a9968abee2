// The measure of all: the least that an HTTP server in Node can do. Reads the JSON body of a validate call and answers with
// a fixed JSON text as long as Gatehouse's answer. No look-up, no decision, no log.
import { randomBytes } from "node:crypto";
import { handOver, listen, readJson, sendJson, settings } from "./serve.mjs";

const ANSWER = JSON.stringify({
  active: true,
  decision: "allow",
  reason: "ok",
  token: { id: "tok_0abcdefghj0123456789abcdef", kind: "static", name: "Token 1234" },
  person: { id: "per_0abcdefghj0123456789abcdef", email: "person-123@example.com" },
  agent: { id: "agt_0abcdefghj0123456789abcdef", name: "Agent 123" },
  server: { id: "srv_0abcdefghj0123456789abcdef", resource: "https://tickets.example.com/mcp" },
  role: "Support reader",
  scopes: ["tickets:read"],
  missingScopes: [],
  expiresAt: 1790000000,
  rateLimit: null,
  auditId: "01890000-0000-7000-8000-000000000000",
});

/** Bytes of a Gatehouse token: the question is as long as well. */
const TOKEN_BYTES = 56;

handOver(Array.from({ length: settings.tokenCount }, () => randomBytes(TOKEN_BYTES / 2).toString("hex")));
await listen(async (request, response) => {
  await readJson(request);
  sendJson(response, ANSWER);
});
