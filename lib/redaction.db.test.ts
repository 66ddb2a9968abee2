import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { redactText } from "@/lib/audit/redact";
import { db, pool } from "@/lib/db";
import { newId } from "@/lib/id";
import { issueKey } from "@/lib/key/issue";
import { rotateKey } from "@/lib/key/rotate";
import { issueKeySchema, rotateSchema } from "@/lib/key/schema";
import { createLog, type Log } from "@/lib/log";
import { anonymousCtx, systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTokenParties } from "@/lib/testing/make-token";
import { makeCredential } from "@/lib/token/format";
import { rotateToken } from "@/lib/token/rotate";
import { importTools } from "@/lib/tool/import";
import { importToolsSchema } from "@/lib/tool/schema";
import { authenticateServer } from "@/lib/validate/authenticate";
import { answerValidate, answerValidateBatch } from "@/lib/validate/endpoint";
import { introspect } from "@/lib/validate/introspect";
import { closeRuntime } from "@/lib/validate/runtime";
import { recordAlone } from "@/lib/verb";

/** The process's own secrets, set before anything reads the environment. */
const PASSWORD = "Tr0ub4dor-correct-horse";
const OWN = {
  secret: "ownsecretownsecret-0123456789-abcdef",
  oidc: "oidcclientsecret-9f8e7d6c5b4a",
  admin: "adminpassword-q1w2e3r4",
  database: "databasepassword-z9y8x7",
  internal: "internalsecret-internalsecret-0011",
};
Object.assign(process.env, {
  GATEHOUSE_SECRET: OWN.secret,
  GATEHOUSE_OIDC_ISSUER: "https://id.example.com",
  GATEHOUSE_OIDC_CLIENT_ID: "gatehouse",
  GATEHOUSE_OIDC_CLIENT_SECRET: OWN.oidc,
  GATEHOUSE_ADMIN_EMAIL: "root@example.com",
  GATEHOUSE_ADMIN_PASSWORD: OWN.admin,
  GATEHOUSE_INTERNAL_SECRET: OWN.internal,
});

useTestDatabase();

const LINK = "b25lLXRpbWUtbGluay1zZWNyZXQtMDEyMzQ1Njc4OQ";
const JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwZXJfc2VjcmV0In0.c2lnbmF0dXJlLW9mLWp3dA";
const SESSION = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXZpdml2aXY.c2Vzc2lvbi1jb29raWU.dGFndGFn";
/** What is planted, and what of it must be found nowhere. Minted credentials join while the test runs. */
const planted: { text: string; needle: string }[] = [
  { text: `password=${PASSWORD}`, needle: PASSWORD },
  { text: `https://gate.example/invite?token=${LINK}`, needle: LINK },
  { text: `Cookie: a=b; __Secure-next-auth.session-token=${SESSION}`, needle: "c2Vzc2lvbi1jb29raWU" },
  { text: `Authorization: Basic ${Buffer.from(`id:${PASSWORD}`).toString("base64")}`, needle: Buffer.from(`id:${PASSWORD}`).toString("base64") },
  { text: `Authorization: Bearer ${JWT}`, needle: "c2lnbmF0dXJlLW9m" },
  { text: `client_secret=${OWN.oidc}`, needle: OWN.oidc },
  { text: `GATEHOUSE_SECRET=${OWN.secret}`, needle: OWN.secret },
  { text: `postgresql://app:${OWN.database}@db.example/x`, needle: OWN.database },
  ...(["ro", "rw", "adm", "srv"] as const).map((kind) => {
    const text = makeCredential(kind);
    return { text, needle: text.slice(8, 40) };
  }),
]; // prettier-ignore
const credentials: string[] = planted.slice(-4).map(({ text }) => text);

const lines: string[] = [];
let log: Log;

/** As an endpoint would: what fails is logged. */
async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    log.info({ result: await act() }, "done");
  } catch (error) {
    log.error({ err: error }, "failed");
  }
}

const machine = (authorization: string, body: unknown, more: Record<string, string> = {}) => ({
  headers: { authorization, "content-type": "application/json", ...more },
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  requestId: newId("request"),
  source: { ip: "192.0.2.1", userAgent: `client ${planted[4]?.text}` },
});

async function everyColumn(): Promise<string> {
  const { rows } = await pool().query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const texts = await Promise.all(
    rows.map(async ({ name }) => {
      const all = await pool().query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} t`);
      return all.rows.map(({ row }) => `${name} ${row}`).join("\n");
    }),
  );
  return texts.join("\n");
}

beforeAll(async () => {
  log = createLog({ level: "debug", destination: { write: (line) => lines.push(line) } });
  const { server, mint } = await makeTokenParties();
  const minted = await mint();
  const rotated = await rotateToken(systemCtx(), { tokenId: minted.id, overlapSeconds: 60 });
  const key = await issueKey(systemCtx(), { ...issueKeySchema.parse({}), serverId: server.id });
  const next = await rotateKey(systemCtx(), { ...rotateSchema.parse({}), serverId: server.id, keyId: key.id });
  for (const secret of [minted.token, rotated.token, key.key, next.key]) {
    credentials.push(secret);
    planted.push({ text: secret, needle: secret.slice(8, 40) });
  }
  log.debug({ minted, rotated, key, next }, "made");

  const texts = planted.map(({ text }) => text);
  const hostile = { password: PASSWORD, list: texts, inner: JSON.stringify({ texts }), [texts[8] ?? ""]: 1 };
  for (const text of texts) {
    await attempt(() => answerValidate(machine(`Bearer ${next.key}`, { token: minted.token, tool: text.slice(0, 200), requestId: text.slice(0, 190), arguments: hostile }, { cookie: text }))); // prettier-ignore
    await attempt(() => answerValidate(machine(`Bearer ${next.key}`, { token: text, arguments: { note: text } })));
    await attempt(() => answerValidate(machine(`Bearer ${text}`, { token: text })));
    await attempt(() => answerValidateBatch(machine(`Bearer ${next.key}`, { items: [{ token: text, tool: text }] })));
    await attempt(() => answerValidate(machine(`Bearer ${next.key}`, `{"token": "${text}"`)));
    await attempt(async () => introspect(await authenticateServer(machine(`Bearer ${next.key}`, "")), { token: text }));
    await attempt(() => importTools(systemCtx(), { ...importToolsSchema.parse({ url: `http://127.0.0.1:9/mcp?key=${encodeURIComponent(text)}`, headers: { Authorization: text, Cookie: text } }), serverId: server.id })); // prettier-ignore
    await attempt(() =>
      recordAlone(anonymousCtx({ source: { ip: text, userAgent: text }, requestId: text }), [
        { action: "session.sign_in", outcome: "failure", reason: text, details: { email: text, password: PASSWORD } },
      ]),
    );
    await attempt(() => db().person.create({ data: { id: text, name: text, email: text, consoleRole: text as "owner", status: "active" } })); // prettier-ignore
    log.error({ err: new Error(text, { cause: new Error(text) }), headers: { authorization: text }, url: `/x?a=${text}` }, text); // prettier-ignore
    log.child({ note: text }).warn("%s", text);
  }
  log.info(`${OWN.admin} ${OWN.internal} and ${OWN.secret}`);
  await closeRuntime();
}, 120_000);

describe("secrets", () => {
  it("were driven through the paths: the log and the audit log are full", async () => {
    expect(lines.length).toBeGreaterThan(100);
    const entries = await db().auditEntry.groupBy({ by: ["action"], _count: true });
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["token.mint", "token.rotate", "key.issue", "key.rotate", "key.refuse", "token.validate", "token.introspect", "session.sign_in"]),
    ); // prettier-ignore
  });

  it("stand nowhere in the log, raw or encoded", () => {
    const text = lines.join("");
    for (const { needle } of [
      ...planted,
      ...Object.values(OWN)
        .slice(0, 3)
        .map((needle) => ({ needle })),
    ]) {
      expect(text.includes(needle), `${needle} in ${lines.find((line) => line.includes(needle))}`).toBe(false);
      expect(text).not.toContain(encodeURIComponent(needle));
    }
  });

  it("stand in no column of any table, raw, encoded or as a plain hash", async () => {
    const text = await everyColumn();
    expect(text).toContain("audit_entry");
    for (const { needle } of planted) {
      expect(text.split("\n").filter((row) => row.includes(needle))).toEqual([]);
      expect(text).not.toContain(Buffer.from(needle).toString("hex"));
    }
    for (const credential of credentials)
      for (const form of ["hex", "base64", "base64url"] as const)
        expect(text).not.toContain(createHash("sha256").update(credential).digest(form));
  });

  it("leave not even their keyed hashes in the audit log or the log", async () => {
    const hashes = [...(await db().token.findMany()), ...(await db().serverKey.findMany())].map(({ hash }) => Buffer.from(hash)); // prettier-ignore
    const { rows } = await pool().query<{ row: string }>("SELECT row_to_json(e)::text AS row FROM audit_entry e");
    const text = lines.join("") + rows.map(({ row }) => row).join("\n");
    expect(hashes.length).toBeGreaterThan(3);
    for (const hash of hashes)
      for (const form of ["hex", "base64", "base64url"] as const) expect(text).not.toContain(hash.toString(form));
  });

  it("would be found by this test: each needle stands in what was planted", () => {
    for (const { text, needle } of planted) {
      expect(text).toContain(needle);
      expect(redactText(text)).not.toContain(needle);
    }
  });
});
