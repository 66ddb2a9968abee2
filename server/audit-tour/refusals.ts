import { POST as postRole, GET as getRoles } from "@/app/api/v1/roles/route";
import { runAction } from "@/app/_lib/run-action";
import type { Outcome } from "@/lib/audit/catalogue";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { createRole } from "@/lib/role/create";
import { createRoleSchema } from "@/lib/role/schema";
import { giveSecondFactor } from "@/lib/second-factor/step-up";
import { acceptInvitation, readInvitation } from "@/lib/session/accept-invitation";
import { completeFirstRun } from "@/lib/session/first-run";
import { reauthenticate } from "@/lib/session/reauthenticate";
import { completeReset } from "@/lib/session/reset-password";
import { revokeSession } from "@/lib/session/revoke";
import { completeSecondStep } from "@/lib/session/second-step";
import { signInWithPassword } from "@/lib/session/sign-in";
import { signInWithIdentity } from "@/lib/session/sign-in-sso";
import { hashPassword } from "@/lib/session/password";
import { anonymousCtx, personCtx } from "@/lib/testing/ctx";
import { call, makeAdminToken } from "@/lib/testing/admin-api";
import { makeAgent, makeHolder, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { makeCredential } from "@/lib/token/format";
import { askToken, authorizeUrl, CALLBACK, makeClient, pkce } from "../authority/oauth/testing/client";
import { makeCompany } from "../authority/oauth/testing/company";
import type { Reach } from "../authority/oauth/testing/listener";

/** One way to be refused, and the entry that it leaves. */
export type Refusal = { action: string; outcome: Outcome; reason: string; act: () => Promise<unknown> };

const HOUR_MS = 3_600_000;
const past = () => new Date(Date.now() - HOUR_MS / 2);
const denied = (action: string, reason: string, act: () => Promise<unknown>): Refusal => ({
  ...{ action, outcome: "denied", reason },
  act,
});

type Question = { token: string; tool?: string; clientIp?: string };

function post(reach: Reach, path: string, body: unknown, authorization?: string): Promise<Response> {
  const headers = { "content-type": "application/json", ...(authorization ? { authorization } : {}) };
  return reach(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Every reason for which a static token's call is denied. */
export async function validateRefusals(reach: Reach): Promise<Refusal[]> {
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:read"]);
  const person = await makeHolder(role.id);
  const terms = { personId: person.id, roleId: role.id, serverIds: [server.id] };
  const ask = async (question: Question, of = server) => {
    const key = await makeKey(of.id);
    return post(reach, "/api/v1/validate", question, `Bearer ${key.secret}`);
  };
  const asks = async (more: Partial<Parameters<typeof makeToken>[0]>, question: Partial<Question> = {}, of = server) =>
    ask({ token: (await makeToken({ ...terms, ...more })).secret, ...question }, of);
  const deny = (reason: string, act: () => Promise<unknown>): Refusal => ({
    ...{ action: "token.validate", outcome: "deny", reason },
    act,
  });
  return [
    deny("malformed", () => ask({ token: "gth_rw_nonsense" })),
    deny("unknown_token", () => ask({ token: makeCredential("rw") })),
    deny("revoked", () => asks({ revokedAt: past() })),
    deny("expired", () => asks({ expiresAt: past() })),
    deny("not_yet_valid", () => asks({ notBefore: new Date(Date.now() + HOUR_MS / 2) })),
    deny("person_suspended", async () => {
      const suspended = await makeHolder(role.id, { status: "suspended" });
      return asks({ personId: suspended.id });
    }),
    deny("agent_suspended", async () => {
      const agent = await makeAgent(person.id);
      await db().agent.update({ where: { id: agent.id }, data: { status: "suspended", suspendedAt: new Date() } });
      return asks({ agentId: agent.id });
    }),
    deny("server_disabled", async () => {
      const disabled = await makeServer();
      await db().mcpServer.update({
        where: { id: disabled.id },
        data: { status: "disabled", disabledAt: new Date() },
      });
      return asks({ serverIds: [disabled.id] }, {}, disabled);
    }),
    deny("role_missing", async () => asks({ personId: (await makePerson()).id })),
    deny("wrong_audience", async () => asks({}, {}, await makeServer())),
    deny("ip_not_allowed", () => asks({ allowedCidrs: ["10.0.0.0/8"] }, { clientIp: "192.0.2.1" })),
    deny("insufficient_scope", () => asks({}, { tool: "close_ticket" })),
    deny("unknown_tool", () => asks({}, { tool: "drop_database" })),
    deny("rate_limited", async () => {
      const { secret } = await makeToken({ ...terms, rateLimit: { limit: 1, windowSeconds: 3600 } });
      await ask({ token: secret });
      return ask({ token: secret });
    }),
  ];
}

/** Endpoints for servers without a good key; those for holders; the admin API; a page of another site. */
export function machineRefusals(reach: Reach): Refusal[] {
  const keyed = ["/api/v1/validate", "/api/v1/validate/batch", "/oauth/introspect", "/api/v1/audit/tool-calls"];
  const api = async (terms: Parameters<typeof makeAdminToken>[0], more: object = {}) =>
    call({ GET: getRoles, POST: postRole }, "GET", { token: (await makeAdminToken(terms)).token, ...more });
  return [
    ...keyed.flatMap((path) => [
      denied("key.refuse", "no_key", () => post(reach, path, {})),
      denied("key.refuse", "bad_key", () => post(reach, path, {}, `Bearer ${makeCredential("srv")}`)),
    ]),
    denied("api.refuse", "no_token", () => call({ GET: getRoles }, "GET")),
    denied("api.refuse", "malformed", () => call({ GET: getRoles }, "GET", { token: "nonsense" })),
    denied("api.refuse", "unknown_token", () => call({ GET: getRoles }, "GET", { token: makeCredential("adm") })),
    denied("api.refuse", "revoked", () => api({ revoked: true })),
    denied("api.refuse", "expired", () => api({ expiresAt: past() })),
    denied("api.refuse", "ip_not_allowed", () => api({ allowedCidrs: ["10.0.0.0/8"] })),
    denied("api.refuse", "rate_limited", async () => {
      const { token } = await makeAdminToken({ rateLimit: { limit: 1, windowSeconds: 3600 } });
      await call({ GET: getRoles }, "GET", { token });
      return call({ GET: getRoles }, "GET", { token });
    }),
    denied("role.create", "forbidden", async () => {
      const { token } = await makeAdminToken({ scopes: ["roles:read"] });
      return call({ POST: postRole }, "POST", { token, body: { name: "Too much" } });
    }),
    denied("role.create", "bad_origin", () =>
      runAction(anonymousCtx(), "https://elsewhere.example", "role.create", { schema: createRoleSchema, act: createRole }, {}),
    ),
    { action: "token.revoke", outcome: "failure", reason: "unknown_token", act: () => revoke(reach, {}) },
    denied("oauth.refuse", "invalid_client", () => revoke(reach, { client_id: "agt_nobody", client_secret: "x" })),
  ]; // prettier-ignore
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const sendForm = (reach: Reach, path: string, form: Record<string, string>) =>
  reach(path, { method: "POST", headers: FORM, body: new URLSearchParams(form).toString() });
const revoke = (reach: Reach, more: Record<string, string>) =>
  sendForm(reach, "/oauth/revoke", { token: makeCredential("rw"), ...more });

/** The OAuth endpoints. */
export async function oauthRefusals(reach: Reach, issuer: string): Promise<Refusal[]> {
  const its = await makeCompany(reach);
  const client = await makeClient();
  const refuse = (reason: string, act: () => Promise<unknown>) => denied("oauth.refuse", reason, act);
  const asked = { client_id: client.clientId, redirect_uri: CALLBACK, code_challenge: pkce().challenge };
  return [
    refuse("invalid_client", () => its.browser.get(authorizeUrl(issuer, { ...asked, client_id: "agt_nobody" }))),
    refuse("invalid_target", () => its.browser.get(authorizeUrl(issuer, { ...asked, resource: "https://else.example" }))),
    refuse("invalid_grant", () => askToken(reach, { grant_type: "authorization_code", client_id: client.clientId, code: "x", code_verifier: pkce().verifier, redirect_uri: CALLBACK })),
    refuse("unsupported_grant_type", () => askToken(reach, { grant_type: "password", client_id: client.clientId })),
    refuse("invalid_request", () => sendForm(reach, "/oauth/device_authorization", { client_id: client.clientId })),
    denied("client.register", "forbidden", async () => {
      await db().instance.update({ where: { id: 1 }, data: { registration: "off" } });
      return post(reach, "/oauth/register", { client_name: "X", redirect_uris: [CALLBACK] });
    }),
  ]; // prettier-ignore
}

const PASSWORD = "correct horse battery staple";

/** Signing in, and everything that takes a proof of who somebody is. */
export async function peopleRefusals(): Promise<Refusal[]> {
  const passwordHash = await hashPassword(PASSWORD);
  const known = async (status: "active" | "suspended" | "invited", withPassword = true) => {
    const person = await makePerson({ status });
    if (withPassword) await db().person.update({ where: { id: person.id }, data: { passwordHash } });
    return person;
  };
  const [active, suspended, invited, bare] = await Promise.all([
    known("active"),
    known("suspended"),
    known("invited"),
    known("active", false),
  ]);
  const factor = await known("active");
  await makeSecondFactor(factor.id);
  const me = personCtx(active);
  const signIn = (email: string, password = PASSWORD) =>
    signInWithPassword(anonymousCtx(), { email, password, replaces: null });
  const sso = (more: object) =>
    signInWithIdentity(anonymousCtx(), {
      identity: {
        ...{ issuer: "https://idp.example.com", subject: newId("identity"), email: active.email, emailVerified: true },
        ...{ authTimeSeconds: null, amr: [] },
        ...more,
      },
    });
  const link = "x".repeat(43);
  const in_ = (reason: string, act: () => Promise<unknown>) => denied("session.sign_in", reason, act);
  return [
    in_("unknown_account", () => signIn("nobody@example.com")),
    in_("not_accepted", () => signIn(invited.email)),
    in_("no_password", () => signIn(bare.email)),
    in_("bad_password", () => signIn(active.email, "wrong horse battery staple")),
    in_("suspended", () => signIn(suspended.email)),
    in_("throttled", async () => {
      for (let nth = 0; nth < 40; nth++) await signIn(active.email, "wrong").catch(() => undefined);
    }),
    in_("email_not_verified", () => sso({ emailVerified: false })),
    in_("not_invited", () => sso({ email: "nobody@example.com" })),
    in_("suspended", () => sso({ email: suspended.email })),
    denied("session.second_factor", "not_pending", () => completeSecondStep(anonymousCtx(), { secret: link, code: "1" })),
    denied("session.second_factor", "bad_code", () => giveSecondFactor(personCtx(factor), { code: "000000" })),
    denied("session.reauthenticate", "bad_password", () => reauthenticate(me, { password: "wrong" })),
    denied("person.accept_invitation", "link_not_found", () => readInvitation(anonymousCtx(), { link })),
    denied("person.accept_invitation", "link_not_found", () => acceptInvitation(anonymousCtx(), { link, name: "A", password: PASSWORD })),
    denied("person.password_reset", "link_not_found", () => completeReset(anonymousCtx(), { link, password: PASSWORD })),
    denied("person.first_run", "link_not_found", () => completeFirstRun(anonymousCtx(), { link, name: "A", email: "a@example.com", password: PASSWORD })),
    denied("session.revoke", "session_not_found", async () => {
      const theirs = await db().session.create({ data: { id: newId("session"), personId: bare.id, method: "password", amr: [], expiresAt: new Date(Date.now() + HOUR_MS) } });
      return revokeSession(me, { sessionId: theirs.id });
    }),
  ]; // prettier-ignore
}
