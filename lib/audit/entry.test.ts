import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { commitmentTo } from "@/lib/testing/commitment";
import { makeCredential } from "@/lib/token/format";
import { changesBetween } from "./changes";
import { Personal, personalText } from "./personal/draft";
import { prepareEntry, rfc3339Micros, type EntryDraft } from "./entry";

const draft = (more: Partial<EntryDraft> = {}): EntryDraft => ({ action: "token.mint", outcome: "success", ...more });
const bodyOf = (more: Partial<EntryDraft>) =>
  JSON.parse(prepareEntry(systemCtx(), draft(more)).body.toString()) as Record<string, unknown>;

const ada = { id: "per_1", name: "Ada", nameRef: commitmentTo("Ada") };

describe("prepareEntry", () => {
  it("hashes the exact canonical body as an RFC 6962 leaf", () => {
    const entry = prepareEntry(systemCtx(), draft({ details: { z: 1, a: "é", "€": [1e21, 0.1] } }));
    const body = entry.body.toString();
    expect(body).toContain('"details":{"a":"é","z":1,"€":[1e+21,0.1]}');
    expect(Object.keys(JSON.parse(body) as object)).toEqual(Object.keys(JSON.parse(body) as object).sort());
    const leaf = createHash("sha256").update(Buffer.concat([Buffer.from([0]), Buffer.from(body)]));
    expect(entry.leaf).toBe(leaf.digest("hex"));
  });

  it("says who, what, where and when, with microseconds", () => {
    const ctx = personCtx({ ...ada, consoleRole: "admin" }, { nowSeconds: () => 1790000000.123456 });
    const entry = prepareEntry(ctx, draft({ target: { kind: "token", id: "tok_1", name: "CI" }, tool: "close" }));
    expect(entry).toMatchObject({ actor_id: "per_1", target_id: "tok_1", tool: "close", request_id: ctx.requestId });
    expect(JSON.parse(entry.body.toString())).toMatchObject({
      occurredAt: rfc3339Micros(1_790_000_000_123_456),
      actor: { id: "per_1", name: ada.nameRef },
      source: { ip: "192.0.2.10" },
    });
    expect(rfc3339Micros(entry.occurred_at)).toBe("2026-09-21T14:13:20.123456Z");
  });

  it("never says a person's name or address, with or without what stands for it", () => {
    const ctx = personCtx({ id: "per_1", name: "Ada Byron", email: "ada@example.com", consoleRole: "admin" });
    const changes = [
      { field: "name", before: "Ada", after: "Ada Byron" },
      { field: "email", before: null, after: "ada@example.com" },
      { field: "identities", before: [{ subject: new Personal("per_1", "subject", "ada@example.com") }], after: [] },
    ];
    const about = { id: "per_1", name: "Ada Byron" };
    const entry = prepareEntry(ctx, draft({ target: { kind: "person", ...about }, person: about, changes, details: { q: personalText("Ada Byron") } })); // prettier-ignore
    expect(entry.body.toString()).not.toMatch(/Ada|Byron|example/);
    expect(JSON.parse(entry.body.toString())).toMatchObject({
      person: { id: "per_1", name: null },
      details: { q: {} },
    });
  });

  it("says by which session a person did it, or which one was opened, to which trace it belongs, and through whom it came", () => {
    const trace = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", parentId: "00f067aa0ba902b7" };
    const source = { ip: "192.0.2.10", userAgent: null, proxies: ["10.0.0.2", "10.0.0.1"] };
    const ctx = personCtx({ id: "per_1", consoleRole: "admin" }, { trace, source, amr: ["pwd", "otp"] });
    const entry = prepareEntry(ctx, draft());
    const { actor } = ctx;
    const id = actor.kind === "person" ? actor.sessionId : "";
    expect(entry).toMatchObject({ session_id: id, trace_id: trace.traceId });
    expect(JSON.parse(entry.body.toString())).toMatchObject({
      actor: { credential: { kind: "session", id, methods: ["pwd", "otp"] } },
      trace: { id: trace.traceId, parentId: trace.parentId },
      source: { proxies: ["10.0.0.2", "10.0.0.1"] },
    });
    const opened = prepareEntry(anonymousCtx(), draft({ target: { kind: "session", id: "ses_2" } }));
    expect(opened).toMatchObject({ session_id: "ses_2", trace_id: null });
  });

  it("keeps before and after of a change, and hides both where the field is a secret", () => {
    expect(
      bodyOf({
        changes: [
          { field: "name", before: "a", after: "b" },
          { field: "password", before: "hunter1", after: "hunter2" },
          { field: "maxTokenLifetimeSeconds", before: 60, after: 90 },
        ],
      }).changes,
    ).toEqual([
      { field: "name", before: "a", after: "b" },
      { field: "password", before: "[redacted]", after: "[redacted]" },
      { field: "maxTokenLifetimeSeconds", before: 60, after: 90 },
    ]);
  });

  it("caps arguments, changes, details and ids, and says so", () => {
    const long = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "x ".repeat(250)]));
    expect(bodyOf({ arguments: long }).arguments).toMatchObject({ truncated: expect.stringContaining("characters") });
    const entry = prepareEntry(systemCtx(), draft({ target: { kind: "token", id: "a".repeat(9000) }, details: long }));
    expect(entry.target_id?.length).toBeLessThan(200);
    expect(entry.body.length).toBeLessThan(30_000);
  });

  it("never throws and stays JSON that PostgreSQL takes, whatever a draft holds", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\0", "\ud800", "\udfff\0x", "__proto__"));
    fc.assert(
      fc.property(
        text,
        text,
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withTypedArray: true }),
        (a, b, thing) => {
          const entry = prepareEntry(
          ctxOf({ kind: "anonymous", permissions: new Set() }, { requestId: a, source: { ip: b, userAgent: a } }),
          draft({ reason: a, target: { kind: "token", id: a, name: b }, tool: b, person: { id: a, name: b }, arguments: thing,
            details: { [a]: thing, b }, changes: [{ field: a, before: thing, after: b }], callerRequestId: a, clientIp: b, durationMs: Number.NaN,
            requiredScopes: [a], credential: { id: b, kind: a, name: b, masked: a, scopes: [b] } }),
        ); // prettier-ignore
          const { body, ...columns } = entry;
          expect(Object.values(columns).some((value) => String(value).includes("\0"))).toBe(false);
          expect(JSON.stringify(columns).isWellFormed()).toBe(true);
          expect(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))).toMatchObject({
            v: 3,
            action: "token.mint",
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it("lets no credential into any column, whichever field of the draft held it", () => {
    const secret = makeCredential("srv");
    const entry = prepareEntry(
      anonymousCtx({ requestId: secret, source: { ip: secret, userAgent: `agent ${secret}` } }),
      draft({
        reason: secret,
        target: { kind: "token", id: secret, name: secret },
        person: { id: secret, name: secret },
        agent: { id: secret, name: secret },
        server: { id: secret, name: secret },
        role: { id: secret, name: secret },
        credential: { id: secret, kind: secret, name: secret, masked: secret, scopes: [secret] },
        tool: secret,
        requiredScopes: [secret],
        missingScopes: [secret],
        arguments: { a: [secret], [secret]: 1 },
        clientIp: secret,
        callerRequestId: secret,
        details: { a: { b: secret } },
        changes: [{ field: secret, before: secret, after: { a: secret } }],
      }),
    );
    expect(JSON.stringify(entry)).not.toContain(secret.slice(8, 20));
  });
});

describe("changesBetween", () => {
  it("tells the fields that differ, and leaves those that were not asked for", () => {
    expect(
      changesBetween<{ a: number; b: string[]; c: string | null }>(
        { a: 1, b: ["x"], c: null },
        { a: 2, b: ["x"], c: undefined },
      ),
    ).toEqual([{ field: "a", before: 1, after: 2 }]);
  });
});
