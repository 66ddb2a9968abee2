import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { call, makeAdminToken, newKey, type Answered } from "@/lib/testing/admin-api";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { newId } from "@/lib/id";
import { makeNotices } from "@/lib/testing/make-notice";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { credentialKind } from "@/lib/token/format";
import * as agents from "./agents/route";
import * as agent from "./agents/[id]/route";
import * as agentClient from "./agents/[id]/client/route";
import * as agentRevoke from "./agents/[id]/revoke/route";
import * as agentSecrets from "./agents/[id]/secrets/route";
import * as agentSecretRevoke from "./agents/[id]/secrets/[secretId]/revoke/route";
import * as auditEntry from "./audit/[id]/route";
import * as audit from "./audit/route";
import * as auditExport from "./audit/export/route";
import * as notices from "./notices/route";
import * as noticeDismiss from "./notices/[id]/dismiss/route";
import * as people from "./people/route";
import * as person from "./people/[id]/route";
import * as personErase from "./people/[id]/erase/route";
import * as invite from "./people/[id]/invite/route";
import * as secondFactorReset from "./people/[id]/second-factor/reset/route";
import * as policy from "./policy/route";
import * as roles from "./roles/route";
import * as role from "./roles/[id]/route";
import * as scopes from "./scopes/route";
import * as scope from "./scopes/[id]/route";
import * as servers from "./servers/route";
import * as server from "./servers/[id]/route";
import * as keys from "./servers/[id]/keys/route";
import * as keyRevoke from "./servers/[id]/keys/[keyId]/revoke/route";
import * as keyRotate from "./servers/[id]/keys/[keyId]/rotate/route";
import * as toolsImport from "./servers/[id]/tools/import/route";
import * as tokens from "./tokens/route";
import * as token from "./tokens/[id]/route";
import * as tokenRevoke from "./tokens/[id]/revoke/route";
import * as tokenRotate from "./tokens/[id]/rotate/route";
import * as revokeAll from "./tokens/revoke-all/route";
import * as tools from "./tools/route";
import * as tool from "./tools/[id]/route";

useTestDatabase();

type Route = Parameters<typeof call>[0];
let admin = "";
let readers: Record<string, string> = {};
let nth = 0;
const unique = (word: string) => `${word} ${++nth}`;

beforeAll(async () => {
  admin = (await makeAdminToken()).token;
  for (const noun of ["servers", "roles", "people", "agents", "tokens", "grants", "audit"])
    readers[noun] = (await makeAdminToken({ scopes: [`${noun}:read`] })).token;
});

/** A body that creates, for each kind of thing. */
const newServer = () => ({ name: unique("Server"), resource: `https://s${++nth}.example.com/mcp` });
const newScope = async () => ({ serverId: (await makeServer()).id, name: `extra:s${++nth}`, access: "read" });
const newTool = async () => ({ serverId: (await makeServer()).id, name: unique("tool"), scopes: ["tickets:read"] });
const newRole = async () => ({ name: unique("Role"), scopes: ["tickets:read"], serverIds: [(await makeServer()).id] });
const newAgent = async () => ({ name: unique("Agent"), kind: "machine", ownerId: (await makePerson()).id });

const newPerson = () => ({ name: unique("Person"), email: `p${++nth}@example.com`, consoleRole: "member" });

/** A body that mints, its role held by a person. */
async function newToken(more: object = {}) {
  const [server, person] = [await makeServer(), await makePerson()];
  const role = await makeRole([server.id], ["tickets:*"]);
  await db().personRole.create({ data: { personId: person.id, roleId: role.id, assignedBy: "test" } });
  return { name: unique("Token"), personId: person.id, roleId: role.id, serverIds: [server.id], ...more };
}

const RESOURCES: readonly {
  noun: string;
  scope: string;
  list: Route;
  one: Route;
  make: () => Promise<object> | object;
  unknown: string;
  code: string;
  taken: string | null;
}[] = [
  {
    noun: "servers",
    scope: "servers",
    list: servers,
    one: server,
    make: newServer,
    unknown: "srv_none",
    code: "server_not_found",
    taken: "resource_taken",
  },
  {
    noun: "scopes",
    scope: "servers",
    list: scopes,
    one: scope,
    make: newScope,
    unknown: "scp_none",
    code: "scope_not_found",
    taken: "name_taken",
  },
  {
    noun: "tools",
    scope: "servers",
    list: tools,
    one: tool,
    make: newTool,
    unknown: "tol_none",
    code: "tool_not_found",
    taken: "name_taken",
  },
  {
    noun: "roles",
    scope: "roles",
    list: roles,
    one: role,
    make: newRole,
    unknown: "rol_none",
    code: "role_not_found",
    taken: "name_taken",
  },
  {
    noun: "agents",
    scope: "agents",
    list: agents,
    one: agent,
    make: newAgent,
    unknown: "agt_none",
    code: "agent_not_found",
    taken: "name_taken",
  },
  {
    noun: "people",
    scope: "people",
    list: people,
    one: person,
    make: newPerson,
    unknown: "per_none",
    code: "person_not_found",
    taken: "email_taken",
  },
  {
    noun: "tokens",
    scope: "tokens",
    list: tokens,
    one: token,
    make: () => newToken(),
    unknown: "tok_none",
    code: "token_not_found",
    taken: null,
  },
];

const items = (answered: Answered) => answered.json.items as { id: string }[];

describe.each(RESOURCES)("$noun", ({ scope: word, list, one, make, unknown, code, taken }) => {
  it("are created with 201, read back, listed, and changed, each with its entry", async () => {
    const { result: made, entries } = await observe(async () =>
      call(list, "POST", { token: admin, body: await make() }),
    );
    expect(made?.status).toBe(201);
    expect(entries.filter(({ outcome }) => outcome === "success").length).toBeGreaterThan(0);
    const id = String(made?.json.id);
    expect(await call(one, "GET", { token: admin, params: { id } })).toMatchObject({ status: 200, json: { id } });
    const listed = await call(list, "GET", { token: admin, query: "?limit=200" });
    expect(items(listed).map((item) => item.id)).toContain(id);
    const body = { [word === "servers" && list !== servers ? "description" : "name"]: unique("Changed") };
    expect(await call(one, "PATCH", { token: admin, params: { id }, body })).toMatchObject({ status: 200, json: body });
  });

  it("are refused to nobody in particular, and their change to a reader, on the record", async () => {
    expect((await call(list, "GET")).status).toBe(401);
    expect((await call(list, "GET", { token: readers[word] })).status).toBe(200);
    const body = await make();
    const { result, entries } = await observe(() => call(list, "POST", { token: readers[word], body }));
    expect(result).toMatchObject({ status: 403, json: { code: "forbidden" } });
    expect(entries.at(-1)).toMatchObject({ outcome: "denied", reason: "forbidden" });
  });

  it("are 404 where there is none of that id", async () => {
    expect(await call(one, "GET", { token: admin, params: { id: unknown } })).toMatchObject({
      status: 404,
      json: { code },
    });
    expect(await call(one, "PATCH", { token: admin, params: { id: unknown }, body: {} })).toMatchObject({
      status: 404,
      json: { code },
    });
  });

  it.each([
    ["a name of 10 000 characters", { name: "n".repeat(10_000) }],
    ["NUL in the name", { name: "a\0b" }],
    ["a lone surrogate in the name", { name: "a\ud800" }],
    ["an empty name", { name: " " }],
    ["an unknown field", { surprise: true }],
  ])("answer 422 to %s", async (_what, fault) => {
    const body = { ...(await make()), ...fault };
    const answered = await call(list, "POST", { token: admin, body: JSON.stringify(body) });
    expect(answered).toMatchObject({ status: 422, json: { code: "validation_failed" } });
    const [first] = answered.json.errors as { path: string }[];
    expect(first?.path).toBe(Object.keys(fault)[0]);
  });

  it("answer a second one of the same name as they should, and replay a repeat with the same key", async () => {
    const body = await make();
    const headers = newKey();
    const first = await call(list, "POST", { token: admin, body, headers });
    const again = await call(list, "POST", { token: admin, body, headers });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    const second = await call(list, "POST", { token: admin, body });
    expect(second).toMatchObject(taken === null ? { status: 201 } : { status: 409, json: { code: taken } });
  });

  it("refuse a cursor that was tampered with", async () => {
    const query = `?cursor=${Buffer.from("not a cursor at all").toString("base64url")}`;
    expect(await call(list, "GET", { token: admin, query })).toMatchObject({
      status: 400,
      json: { code: "invalid_cursor" },
    });
  });
});

describe("server keys", () => {
  it("are issued, rotated and revoked; the secret is told once", async () => {
    const { id } = await makeServer();
    const issued = await call(keys, "POST", { token: admin, params: { id }, body: { name: "main" } });
    expect(issued.status).toBe(201);
    expect(credentialKind(String(issued.json.key))).toBe("srv");
    const params = { id, keyId: String(issued.json.id) };
    const rotated = await call(keyRotate, "POST", { token: admin, params, body: { overlapSeconds: 0 } });
    expect(rotated).toMatchObject({ status: 201, json: { predecessor: { id: params.keyId } } });
    expect(await call(keyRotate, "POST", { token: admin, params })).toMatchObject({ status: 409 });
    const revoked = await call(keyRevoke, "POST", {
      token: admin,
      params: { id, keyId: String(rotated.json.id) },
      body: { reason: "over" },
    });
    expect(revoked).toMatchObject({ status: 200, json: { status: "revoked" } });
    const listed = await call(keys, "GET", { token: admin, params: { id } });
    expect(listed.text).not.toContain(String(issued.json.key));
    expect(items(listed)).toHaveLength(2);
  });

  it("are 404 on another server", async () => {
    const [mine, other] = [await makeServer(), await makeServer()];
    const issued = await call(keys, "POST", { token: admin, params: { id: mine.id } });
    const params = { id: other.id, keyId: String(issued.json.id) };
    expect(await call(keyRevoke, "POST", { token: admin, params })).toMatchObject({
      status: 404,
      json: { code: "key_not_found" },
    });
  });
});

describe("OAuth clients", () => {
  it("are set up, and proved by secrets that are told once and revoked for good", async () => {
    const { id } = await makeAgent((await makePerson()).id);
    const params = { id };
    expect(await call(agentClient, "GET", { token: admin, params })).toMatchObject({
      status: 404,
      json: { code: "client_not_found" },
    });
    const set = await call(agentClient, "POST", { token: admin, params, body: { authMethod: "client_secret_basic" } });
    expect(set).toMatchObject({ status: 200, json: { clientId: id, grantTypes: ["client_credentials"], secrets: [] } });
    const issued = await call(agentSecrets, "POST", { token: admin, params });
    expect(issued.status).toBe(201);
    expect(credentialKind(String(issued.json.secret))).toBe("cs");
    const of = { id, secretId: String(issued.json.id) };
    const revoked = await call(agentSecretRevoke, "POST", { token: admin, params: of, body: { reason: "over" } });
    const again = await call(agentSecretRevoke, "POST", { token: admin, params: of });
    expect([revoked.json.status, again.json.revokedAt]).toEqual(["revoked", revoked.json.revokedAt]);
    const read = await call(agentClient, "GET", { token: admin, params });
    expect(read.text).not.toContain(String(issued.json.secret));
    expect(read.json.secrets).toMatchObject([{ id: of.secretId, status: "revoked" }]);
  });

  it("are read by a reader and changed by none, and their secrets are 404 on another agent", async () => {
    const owner = await makePerson();
    const [mine, other] = [await makeAgent(owner.id), await makeAgent(owner.id)];
    const params = { id: mine.id };
    const body = { authMethod: "client_secret_post" };
    expect((await call(agentClient, "POST", { token: readers.agents, params, body })).status).toBe(403);
    await call(agentClient, "POST", { token: admin, params, body });
    expect((await call(agentSecrets, "POST", { token: readers.agents, params })).status).toBe(403);
    expect((await call(agentClient, "GET", { token: readers.agents, params })).json).toMatchObject(body);
    const issued = await call(agentSecrets, "POST", { token: admin, params });
    const elsewhere = { id: other.id, secretId: String(issued.json.id) };
    expect(await call(agentSecretRevoke, "POST", { token: admin, params: elsewhere })).toMatchObject({
      status: 404,
      json: { code: "key_not_found" },
    });
  });
});

describe("notices", () => {
  it("are listed as the admins' alone, marked as seen once, and left to writers by readers", async () => {
    const { own, admins } = await makeNotices((await makePerson()).id);
    const listed = await call(notices, "GET", { token: readers.grants, query: "?seen=false" });
    const ids = (listed.json.items as { id: string }[]).map(({ id }) => id);
    expect([ids.includes(admins.id), ids.includes(own.id)]).toEqual([true, false]);
    const params = { id: admins.id };
    expect((await call(noticeDismiss, "POST", { token: readers.grants, params })).status).toBe(403);
    const seen = await call(noticeDismiss, "POST", { token: admin, params });
    const again = await call(noticeDismiss, "POST", { token: admin, params });
    expect([seen.status, again.status, again.json.seenAt]).toEqual([200, 200, seen.json.seenAt]);
    expect(await call(noticeDismiss, "POST", { token: admin, params: { id: own.id } })).toMatchObject({
      status: 404,
      json: { code: "notice_not_found" },
    });
  });
});

describe("people", () => {
  it("are invited by a link that is told once, and again by another", async () => {
    const made = await call(people, "POST", { token: admin, body: newPerson() });
    const params = { id: String(made.json.id) };
    const again = await call(invite, "POST", { token: admin, params });
    expect(again.status).toBe(201);
    expect(again.json.inviteUrl).not.toBe(made.json.inviteUrl);
    expect((await call(person, "GET", { token: admin, params })).json).not.toHaveProperty("inviteUrl");
  });

  it("tell whether they have a second factor, and it is taken off by who may change people", async () => {
    const { id } = await makePerson();
    await makeSecondFactor(id);
    const params = { id };
    const read = () => call(person, "GET", { token: admin, params });
    expect((await read()).json).toMatchObject({ signIn: { password: false, sso: false, secondFactor: true } });
    expect(await call(secondFactorReset, "POST", { token: readers.people, params })).toMatchObject({ status: 403 });
    const done = await call(secondFactorReset, "POST", { token: admin, params });
    expect(done).toMatchObject({ status: 200, json: { reset: true, sessionsEnded: 0 } });
    expect((await read()).json).toMatchObject({ signIn: { secondFactor: false } });
    const nobody = { id: newId("person") };
    expect(await call(secondFactorReset, "POST", { token: admin, params: nobody })).toMatchObject({ status: 404 });
  });

  it("keep the last owner", async () => {
    const { id } = await makePerson({ consoleRole: "owner" });
    const body = { status: "suspended" };
    const answered = await call(person, "PATCH", { token: admin, params: { id }, body });
    expect(answered).toMatchObject({ status: 409, json: { code: "last_owner" } });
  });

  it("are erased for good by an owner's token: suspended, by their name, once", async () => {
    const owner = await makePerson({ consoleRole: "owner" });
    const { token } = await makeAdminToken({ personId: owner.id });
    const { id, name, email } = await makePerson();
    const params = { id };
    const erase = (by = "", confirmName = name) => call(personErase, "POST", { token: by, params, body: { confirmName } });
    expect(await erase(token)).toMatchObject({ status: 409, json: { code: "not_suspended" } });
    await call(person, "PATCH", { token: admin, params, body: { status: "suspended" } });
    for (const other of [admin, readers.people]) expect(await erase(other)).toMatchObject({ status: 403, json: { code: "forbidden" } });
    expect(await erase(token, "Somebody")).toMatchObject({ status: 422, json: { errors: [{ path: "confirmName" }] } });
    expect(await erase(token)).toMatchObject({ status: 200, json: { id, name: "Erased person", erasedAt: expect.any(String) } });
    expect(await erase(token)).toMatchObject({ status: 409, json: { code: "person_erased" } });
    expect((await call(people, "GET", { token: admin, query: `?q=${encodeURIComponent(email)}` })).json).toMatchObject({ items: [] });
  }); // prettier-ignore
});

describe("the policy", () => {
  it("is read by a reader, changed in part by a writer with an entry, and by nobody else", async () => {
    const [reader, writer] = [
      await makeAdminToken({ scopes: ["policy:read"] }),
      await makeAdminToken({ scopes: ["policy:write"] }),
    ];
    const before = await call(policy, "GET", { token: reader.token });
    expect(before).toMatchObject({ status: 200, json: { registration: "listed", documentHosts: [] } });
    const body = { documents: "listed", documentHosts: ["Agents.Example.com"] };
    const { result, entries } = await observe(() => call(policy, "PATCH", { token: writer.token, body }));
    expect(result).toMatchObject({
      status: 200,
      json: { ...before.json, ...body, documentHosts: ["agents.example.com"] },
    });
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "token.validate allow",
      "instance.update success",
    ]);
    expect(await call(policy, "PATCH", { token: reader.token, body })).toMatchObject({ status: 403 });
    expect(await call(policy, "GET", { token: readers.people })).toMatchObject({ status: 403 });
    await call(policy, "PATCH", { token: writer.token, body: { documents: "open", documentHosts: [] } });
  });

  it.each([
    ["documentHosts.0", { documentHosts: ["https://agents.example.com"] }],
    ["registration", { registration: "some" }],
    ["requireSecondFactor", { requireSecondFactor: "some" }],
    ["more", { more: true }],
  ])("answers 422 for the field %s", async (path, body) => {
    const answered = await call(policy, "PATCH", { token: admin, body });
    expect(answered).toMatchObject({ status: 422, json: { code: "validation_failed", errors: [{ path }] } });
  });
});

describe("deleting", () => {
  it("removes a tool and then the scope that it needed, with 204", async () => {
    const made = await call(tools, "POST", { token: admin, body: await newTool() });
    const removed = await call(tool, "DELETE", { token: admin, params: { id: String(made.json.id) } });
    expect(removed).toMatchObject({ status: 204, text: "" });
    const { scopes: own } = await makeServer();
    expect(await call(scope, "DELETE", { token: admin, params: { id: own.read.id } })).toMatchObject({
      status: 409,
      json: { code: "in_use" },
    });
  });

  it("refuses to archive the built-in role, and to touch the built-in server", async () => {
    expect(await call(role, "DELETE", { token: admin, params: { id: "rol_gatehouse_admin" } })).toMatchObject({
      status: 409,
      json: { code: "builtin_immutable" },
    });
    const body = { status: "disabled" };
    expect(await call(server, "PATCH", { token: admin, params: { id: "srv_gatehouse" }, body })).toMatchObject({
      status: 409,
    });
  });
});

describe("tools/import", () => {
  it("answers import_target_refused for a metadata address, and 422 for a header that is none", async () => {
    const { id } = await makeServer();
    const body = { url: "http://169.254.169.254/mcp" };
    expect(await call(toolsImport, "POST", { token: admin, params: { id }, body })).toMatchObject({
      status: 422,
      json: { code: "import_target_refused" },
    });
  });
});

describe("tokens", () => {
  it("are minted with their secret told once, rotated, and revoked with the number of the change", async () => {
    const minted = await call(tokens, "POST", {
      token: admin,
      body: await newToken({ scopes: ["tickets:read"], expiresInSeconds: 600 }),
    });
    expect(minted.status).toBe(201);
    expect(credentialKind(String(minted.json.token))).toBe("ro");
    const params = { id: String(minted.json.id) };
    expect((await call(token, "GET", { token: admin, params })).text).not.toContain(String(minted.json.token));
    const rotated = await call(tokenRotate, "POST", { token: admin, params, body: { overlapSeconds: 60 } });
    expect(rotated).toMatchObject({
      status: 201,
      json: { generation: 2, predecessor: { id: params.id, status: "retiring" } },
    });
    expect(await call(tokenRotate, "POST", { token: admin, params })).toMatchObject({
      status: 409,
      json: { code: "already_rotated" },
    });
    const revoked = await call(tokenRevoke, "POST", {
      token: admin,
      params: { id: String(rotated.json.id) },
      body: { reason: "done", urgent: true },
    });
    expect(revoked).toMatchObject({ status: 200, json: { revoked: 1, complete: true } });
    expect(revoked.json.seq).toBeGreaterThan(0);
  });

  it.each([
    ["serverIds", { serverIds: [] }, "validation_failed"],
    ["expiresAt", { expiresAt: "2999-01-01T00:00:00Z" }, "expiry_beyond_policy"],
    ["scopes.0", { scopes: ["tickets:burn"] }, "scope_not_in_role"],
  ])("answer 422 for the field %s", async (path, fault, code) => {
    const answered = await call(tokens, "POST", { token: admin, body: await newToken(fault) });
    expect(answered).toMatchObject({ status: 422, json: { code } });
    expect((answered.json.errors as { path: string }[])[0]?.path).toBe(path);
  });

  it("answer role_not_held where the holder lacks the role", async () => {
    const body = { ...(await newToken()), personId: (await makePerson()).id };
    expect(await call(tokens, "POST", { token: admin, body })).toMatchObject({
      status: 422,
      json: { code: "role_not_held" },
    });
  });

  it("are revoked by agent, also twice, by a token that may only revoke", async () => {
    const revoker = await makeAdminToken({ scopes: ["tokens:revoke"] });
    const { id } = await makeAgent((await makePerson()).id);
    for (let i = 0; i < 2; i++)
      expect(await call(agentRevoke, "POST", { token: revoker.token, params: { id } })).toMatchObject({
        status: 200,
        json: { revoked: 0 },
      });
    expect((await call(tokens, "POST", { token: revoker.token, body: await newToken() })).status).toBe(403);
  });

  it("are not all revoked without the word, and then all are, the asking one too", async () => {
    const { token: last } = await makeAdminToken();
    const ask = (body: object) => call(revokeAll, "POST", { token: last, body });
    expect(await ask({ reason: "drill", confirm: "yes" })).toMatchObject({ status: 422 });
    expect(await ask({ reason: "drill", confirm: "revoke-all" })).toMatchObject({
      status: 200,
      json: { complete: true },
    });
    expect((await ask({ reason: "drill", confirm: "revoke-all" })).status).toBe(401);
    admin = (await makeAdminToken()).token;
    readers = { ...readers, audit: (await makeAdminToken({ scopes: ["audit:read"] })).token };
  });
});

describe("audit", () => {
  it("is searched with lists repeated or separated by commas, and one entry is read by id and index", async () => {
    const query = "?action=token.mint,token.rotate&action=agent.create&outcome=success&limit=5";
    const found = await call(audit, "GET", { token: readers.audit, query });
    expect(found.status).toBe(200);
    const [first] = found.json.items as { id: string; index: number }[];
    for (const id of [String(first?.id), String(first?.index)])
      expect(await call(auditEntry, "GET", { token: readers.audit, params: { id } })).toMatchObject({
        status: 200,
        json: first,
      });
    for (const id of ["00000000-0000-7000-8000-000000000000", "nonsense", "999999999"])
      expect(await call(auditEntry, "GET", { token: readers.audit, params: { id } })).toMatchObject({
        status: 404,
        json: { code: "entry_not_found" },
      });
    expect(await call(audit, "GET", { token: readers.audit, query: "?outcome=maybe" })).toMatchObject({ status: 422 });
  });

  it("is refused to whoever may not read it", async () => {
    const { token: other } = await makeAdminToken({ scopes: ["tokens:read"] });
    expect((await call(audit, "GET", { token: other })).status).toBe(403);
  });

  it.each([
    ["csv", "text/csv"],
    ["ndjson", "application/x-ndjson"],
  ])("is exported as %s, with an entry of the export itself", async (format, type) => {
    const { result, entries } = await observe(() =>
      call(auditExport, "GET", { token: readers.audit, query: `?format=${format}` }),
    );
    expect(result?.status).toBe(200);
    expect(result?.headers.get("content-type")).toContain(type);
    expect(result?.headers.get("content-disposition")).toContain("attachment");
    expect(result?.text.trim().split("\n").length).toBeGreaterThan(10);
    expect(entries.map(({ action }) => action)).toEqual(["token.validate", "audit.export"]);
  });
});
