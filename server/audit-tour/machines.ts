import { call, makeAdminToken } from "@/lib/testing/admin-api";
import { GET as getRoles } from "@/app/api/v1/roles/route";
import { databaseCommands } from "@/cli/commands/database";
import { pool } from "@/lib/db";
import { createSavedSearch } from "@/lib/saved-search/create";
import { createSavedSearchSchema } from "@/lib/saved-search/schema";
import { watchSearches } from "@/lib/saved-search/watch";
import { updateServer } from "@/lib/server/update";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { makeAgent, makeHolder, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { makeCredential } from "@/lib/token/format";
import type { Reach } from "../authority/oauth/testing/listener";
import { recordInstance } from "../launcher/record";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** What servers ask and tell, and what the process says of itself. */
export async function tourMachines(reach: Reach): Promise<void> {
  await recordInstance("instance.start", { version: "1.0.0" });
  const server = await makeServer({ name: "Helpdesk" });
  const role = await makeRole([server.id], ["tickets:*"], { name: "Support lead" });
  const person = await makeHolder(role.id, { name: "Ana Ruiz", email: "ana.ruiz@example.com" });
  const agent = await makeAgent(person.id, { name: "Desk bot" });
  const token = await makeToken({ name: "Desk bot", personId: person.id, agentId: agent.id, roleId: role.id, serverIds: [server.id] }); // prettier-ignore
  const key = await makeKey(server.id);
  const post = (path: string, type: string, body: string, bearer = key.secret) =>
    reach(path, {
      method: "POST",
      headers: { "content-type": type, authorization: `Bearer ${bearer}`, traceparent: TRACEPARENT, "user-agent": "helpdesk-mcp/2.1" },
      body,
    }); // prettier-ignore
  const JSON_TYPE = "application/json";
  const question = { token: token.secret, tool: "close_ticket", clientIp: "203.0.113.7", requestId: "call-17", arguments: { ticket: 4711, apiKey: "s3cret" } }; // prettier-ignore
  const answer = await post("/api/v1/validate", JSON_TYPE, JSON.stringify(question));
  const { auditId } = (await answer.json()) as { auditId: string };
  await post("/oauth/introspect", "application/x-www-form-urlencoded", `token=${token.secret}`);
  const done = {
    auditId,
    tool: "close_ticket",
    outcome: "ok",
    startedAt: 1_790_000_000,
    durationMs: 12.5,
    arguments: { ticket: 4711 },
  };
  await post("/api/v1/audit/tool-calls", JSON_TYPE, JSON.stringify({ items: [done] }));
  await updateServer(systemCtx(), { serverId: server.id, auditLevel: "metadata" });
  await post("/api/v1/validate", JSON_TYPE, JSON.stringify(question));
  await post("/api/v1/validate", JSON_TYPE, "{}", makeCredential("srv"));
  await call({ GET: getRoles }, "GET", { token: (await makeAdminToken({ revoked: true })).token });
  const [backup] = databaseCommands;
  await backup?.run(systemCtx(), { need: () => "/backup/gatehouse-monday" } as never);
  await recordInstance("instance.stop", { signal: "SIGTERM" });
}

/** A saved search that tells. */
export async function tourAlert(): Promise<void> {
  const auditor = personCtx(await makePerson({ name: "Ben Okoye", consoleRole: "auditor" }));
  const input = { name: "Servers switched off", query: "action:server.disable", alert: { threshold: 1 } };
  await createSavedSearch(auditor, createSavedSearchSchema.parse(input));
  await updateServer(systemCtx(), { serverId: (await makeServer()).id, status: "disabled" });
  const client = await pool().connect();
  await watchSearches(client).finally(() => client.release());
}
