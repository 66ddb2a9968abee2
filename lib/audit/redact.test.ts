import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeCredential } from "@/lib/token/format";
import { redact, redactText } from "./redact";
import { isSecretName } from "./secret-name";

const jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwZXJfMSIsImF1ZCI6InNydl8xIn0.c2lnbmF0dXJlc2lnbmF0dXJl";
const jwe = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXZpdml2aXZpdml2.Y2lwaGVydGV4dGNpcGhlcg.dGFndGFndGFn";

/** Each with a part that must not survive. */
const CREDENTIALS: readonly [name: string, text: string, needle: string][] = [
  ...(["ro", "rw", "adm", "srv"] as const).map((kind): [string, string, string] => {
    const credential = makeCredential(kind);
    return [`gth_${kind}`, credential, credential.slice(-20)];
  }),
  ["a JWT", jwt, "c2lnbmF0dXJl"],
  ["a JWE with an empty part", jwe, "Y2lwaGVy"],
  ["a GitHub token", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "abcdefghij"],
  ["an OpenAI key", "sk-proj-0123456789abcdefABCDEF", "0123456789"],
  ["a Slack token", "xoxb-123456789012-abcdefABCDEF", "abcdefABCDEF"],
  ["a Stripe key", "sk_live_0123456789abcdef", "0123456789"],
  ["a private key", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg\n-----END EC PRIVATE KEY-----", "MHcCAQ"],
  ["an argon2 hash", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", "aGFzaGhhc2g"],
];

/** The ways one credential may be written into a text. */
const WRAPPINGS: readonly [name: string, wrap: (secret: string) => string][] = [
  ["alone", (s) => s],
  ["in a sentence", (s) => `use ${s}, please`],
  ["glued to other words", (s) => `x${s}`],
  ["quoted", (s) => `'${s}'`],
  ["in JSON text", (s) => JSON.stringify({ a: [s] })],
  ["in JSON in JSON", (s) => JSON.stringify({ a: JSON.stringify({ b: s }) })],
  ["as a path segment", (s) => `https://host.example/v1/${s}/tail`],
  ["in a query", (s) => `https://host.example/?a=1&access_token=${s}&b=2`],
  ["in a fragment", (s) => `https://host.example/cb#token=${s}`],
  ["as an URL's password", (s) => `https://user:${s}@host.example/x`],
  ["percent-encoded", (s) => `https://host.example/?t=${encodeURIComponent(s).replaceAll("_", "%5F")}`],
  ["as a Bearer header", (s) => `Authorization: Bearer ${s}`],
  ["as a Basic header", (s) => `Basic ${Buffer.from(`id:${s}`).toString("base64")}`],
  ["as a cookie line", (s) => `Cookie: a=b; __Secure-next-auth.session-token=${s}; c=d`],
  ["as a shell assignment", (s) => `export API_TOKEN="${s}" && run`],
];

const anyJson = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });

describe("redactText", () => {
  for (const [kind, secret, needle] of CREDENTIALS) {
    it.each(WRAPPINGS)(`removes ${kind} %s`, (_name, wrap) => {
      if (kind === "an OpenAI key" && _name === "glued to other words") return; // a "task-…" is none
      if (secret.includes("\n") && /next-auth|percent|URL|path|query|fragment|Bearer|shell/.test(_name)) return;
      expect(redactText(wrap(secret))).not.toContain(needle);
    });
  }

  it.each([
    ["postgresql://app:p@ss:w0rd!@db.example:5432/x", "w0rd", "postgresql://app:"],
    ["password: hunter2", "hunter2", "password: "],
    ["https://gate.example/invite?token=hunter2", "hunter2", "https://gate.example/invite?token="],
    ["x:a=b:secret=hunter2", "hunter2", "x:a=b:secret="],
    ["login failed for password=hunter2&user=a", "hunter2", "user=a"],
    ['{"client_secret":"hunter2"}', "hunter2", "client_secret"],
    ["Set-Cookie: sid=hunter2; HttpOnly", "hunter2", "Set-Cookie"],
    ["authorization: hunter2hunter2", "hunter2", "authorization"],
    [Buffer.from(`key:${CREDENTIALS[0]?.[1]}`).toString("base64"), "Z3Ro", ""],
  ])("removes the secret of %s and keeps the rest", (text, secret, kept) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain(kept);
  });

  it.each([
    "token.mint",
    "tokens:read",
    "password:reset",
    "tok_01j8zq3v9k5m7n2p4r6s8t0vwx",
    "018f3c1e-9f2b-7c4d-8e6f-0123456789ab",
    "CI token: staging",
    "gth_ro_…ab12",
    "https://tickets.example.com/mcp?project=7",
    "2026-11-21T09:00:00.000000Z",
    "a basic question about tokens",
    "Basic Authentication with a Bearer scheme",
    "100%25 of /a%20path",
    "SELECT * FROM tickets WHERE id = 4",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "x@example.com",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ])("leaves %s as it is", (text) => {
    expect(redactText(text)).toBe(text);
  });

  it("makes text well-formed", () => {
    expect(redactText("a\ud800b")).toBe("a\ufffdb");
  });

  it.each([
    ["letters", "a"],
    ["JOSE headers without an end", "eyJ"],
    ["URL starts", "://a:"],
    ["slashes", "/"],
    ["names without a value", "password "],
    ["signs", "="],
    ["assignments in assignments", "a:"],
    ["private key headers", "-----BEGIN PRIVATE KEY-----"],
    ["Bearers", "Bearer "],
    ["quotes", '"a":'],
  ])("does not hang on many %s", (_name, unit) => {
    // It takes milliseconds; anything quadratic takes minutes, and so runs into the time limit of every test.
    expect(redactText(unit.repeat(Math.ceil(65_536 / unit.length)))).not.toBe("");
  });
});

describe("isSecretName", () => {
  it.each(["password", "clientSecret", "api_key", "X-Api-Key", "access_token", "Authorization", "session_id", "PIN"])(
    "knows %s",
    (name) => expect(isSecretName(name)).toBe(true),
  );
  it.each([
    "max_tokens",
    "tokenId",
    "token_type",
    "tokens",
    "pinned",
    "author",
    "keyboard",
    "maxTokenLifetimeSeconds",
    "accessTokenFormat",
  ])("leaves %s", (name) => expect(isSecretName(name)).toBe(false));
});

describe("redact", () => {
  it("lets nothing of a credential survive, wherever in any JSON value it stands", () => {
    fc.assert(
      fc.property(
        anyJson,
        fc.constantFrom(...CREDENTIALS),
        fc.constantFrom(...WRAPPINGS),
        fc.constantFrom("value", "key", "list", "nested", "under a secret name"),
        (around, [, secret, needle], [, wrap], place) => {
          fc.pre(!secret.includes("\n") && !wrap("sk-").startsWith("xsk"));
          const text = wrap(secret);
          const planted = {
            value: { around, text },
            key: { around, [text]: around },
            list: [around, text, [around, [text]]],
            nested: { around, a: { b: { c: [{ d: text }] } } },
            "under a secret name": { around, apiKeys: { first: text }, password: [text] },
          }[place];
          expect(JSON.stringify(redact(planted))).not.toContain(needle);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("answers plain JSON that says the same for values without secrets", () => {
    const plain = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.stringMatching(/^[a-z]{1,12}( [a-z]{1,12}){0,4}$/),
      fc.stringMatching(/^(srv|tok|per)_[0-9a-hjkmnp-tv-z]{26}$/),
    );
    const name = fc.constantFrom("id", "query", "limit", "tokenId", "serverName", "url", "note", "sort");
    const value = fc.oneof(plain, fc.array(plain, { maxLength: 8 }), fc.dictionary(name, plain));
    fc.assert(
      fc.property(fc.dictionary(name, value), (object) => {
        expect(redact(object)).toEqual({ ...object });
      }),
    );
  });

  it("keeps counts and hides lists under plural names", () => {
    expect(redact({ max_tokens: 5, tokens: ["a"], tokensUsed: 7, api_keys: "x", passwordSet: true })).toEqual({
      max_tokens: 5,
      tokens: "[redacted]",
      tokensUsed: 7,
      api_keys: "[redacted]",
      passwordSet: true,
    });
  });

  it("never throws and always answers plain JSON: cycles, getters, proxies, bytes, BigInt, dates, maps, __proto__", () => {
    const cycle: Record<string, unknown> = {};
    for (let i = 0; i < 40; i++) cycle[`k${i}`] = cycle;
    const hostile = {
      get broken() {
        throw new Error("no");
      },
      proxy: new Proxy({}, { ownKeys: () => { throw new Error("no"); } }),
      bytes: Buffer.from("secret bytes"),
      big: 10n ** 30n,
      date: new Date(Number.NaN),
      map: new Map<unknown, unknown>([["password", "x"], ["n", new Set([1])]]),
      toJSON: () => { throw new Error("no"); },
      nan: Number.NaN,
      parsed: JSON.parse('{"__proto__":{"polluted":1},"constructor":2}') as unknown,
      symbol: Symbol("s"),
      cycle,
    }; // prettier-ignore
    const clean = redact(hostile) as Record<string, unknown>;
    const text = JSON.stringify(clean);
    expect(text.length).toBeLessThan(200_000);
    expect(clean).toMatchObject({ broken: "[unreadable]", proxy: "[unreadable]", bytes: "[12 bytes]", nan: "NaN" });
    expect(clean.map).toEqual({ password: "[redacted]", n: [1] });
    expect(text).toContain('"__proto__":{"polluted":1}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("cuts long texts without leaving half a secret", () => {
    const secret = makeCredential("ro");
    for (let before = 4096 - secret.length; before <= 4096; before += 3) {
      const text = `${"x ".repeat(before / 2)}${secret} and on`;
      expect(JSON.stringify(redact(text))).not.toContain(secret.slice(7, 15));
    }
    const collapsing = `${`${jwt.repeat(8)} `.repeat(20)}`.slice(0, 4090) + secret;
    expect(JSON.stringify(redact(collapsing))).not.toContain(secret.slice(7, 15));
  });
});
