import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalText } from "../canonical";
import { columnsMatch } from "./columns";
import { PlainBody } from "./plain";
import { SCANNED, ScannedEntry, type Column } from "./scan";

type Columns = Partial<Record<Column, string | bigint | Buffer | null>>;

/** A row as PostgreSQL's binary COPY sends it. */
function entryOf(body: string, columns: Columns): ScannedEntry {
  const all: Columns = { idx: 7n, leaf: Buffer.alloc(32), body, ...columns };
  const parts: Buffer[] = [Buffer.from([0, SCANNED.length])];
  for (const name of SCANNED) {
    const value = all[name] ?? null;
    const bytes = typeof value === "bigint" ? Buffer.alloc(8) : value === null ? null : Buffer.from(value as string);
    if (typeof value === "bigint") bytes?.writeBigInt64BE(value);
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes?.length ?? -1);
    parts.push(length, ...(bytes ? [bytes] : []));
  }
  const entry = new ScannedEntry();
  entry.take(Buffer.concat(parts), 0);
  return entry;
}

const ID = "01a1705b-6400-7fa7-bbaa-9dfb358ccca2";
const AT = "2026-11-22T08:00:01.000250Z";
const MICROS_SINCE_2000 =
  BigInt(Date.parse("2026-11-22T08:00:01Z") - Date.parse("2000-01-01T00:00:00Z")) * 1000n + 250n;

type Thing = { id?: string; kind?: string; name?: string; ip?: string; credential?: unknown } | null;
type Body = Record<string, unknown> & {
  actor: Thing;
  target?: Thing;
  person?: Thing;
  agent?: Thing;
  server?: Thing;
  credential?: Thing;
  source?: Thing;
  trace?: Thing;
};

/** The columns that such a body has. */
function columnsOf(body: Body): Columns {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  const { actor, target, person, agent, server, credential, source, trace } = body;
  const session =
    actor?.kind === "person"
      ? text((actor.credential as Thing)?.id)
      : target?.kind === "session"
        ? text(target.id)
        : null;
  return {
    id: Buffer.from(ID.replaceAll("-", ""), "hex"), occurred_at: MICROS_SINCE_2000, action: text(body.action), outcome: text(body.outcome),
    reason: text(body.reason), actor_kind: text(actor?.kind), actor_id: text(actor?.id), person_id: text(person?.id), agent_id: text(agent?.id),
    server_id: text(server?.id), token_id: text(credential?.id), target_kind: text(target?.kind), target_id: text(target?.id), tool: text(body.tool),
    ip: text(body.clientIp) ?? text(source?.ip), request_id: text(body.requestId), trace_id: text(trace?.id), session_id: session,
  }; // prettier-ignore
}

const value = fc.string({ unit: fc.constantFrom(..."abé:{}[],_1 "), maxLength: 8 });
/** Beside these, what a text may hold that JSON escapes. */
const odd = fc.string({ unit: fc.constantFrom(...'a"\\\n{}:'), maxLength: 6 });
const thing = fc.record(
  { id: value, kind: fc.constantFrom("person", "session", "token"), name: odd, ip: value, credential: fc.record({ id: value, kind: value, actors: fc.array(fc.record({ id: value })) }) },
  { requiredKeys: [] },
); // prettier-ignore
const bodies = fc
  .record(
    { action: value, outcome: value, reason: value, tool: fc.option(value), clientIp: value, requestId: value, actor: thing, target: fc.option(thing), person: thing, agent: thing,
      server: thing, credential: thing, source: thing, trace: thing, details: fc.dictionary(odd, fc.oneof(odd, fc.array(thing), thing)), arguments: thing, scopes: fc.array(value) },
    { requiredKeys: ["action", "outcome", "actor"] },
  )
  .map((body): Body => ({ ...body, id: ID, occurredAt: AT, v: 2 })); // prettier-ignore

const changed: readonly Column[] = SCANNED.filter((name) => !["idx", "body", "leaf", "server_ids"].includes(name));

describe("what is found in the bytes of a body", () => {
  const plain = new PlainBody();

  it("is what its columns say, for every plain entry", () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const entry = entryOf(canonicalText(body), columnsOf(body));
        expect(columnsMatch(JSON.parse(canonicalText(body)), entry)).toBe(true);
        expect(plain.isSaidBy(entry)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("never agrees with a column that says something else, however small the difference", () => {
    fc.assert(
      fc.property(bodies, fc.constantFrom(...changed), fc.option(value), fc.nat(7), (body, name, text, bit) => {
        const columns = columnsOf(body);
        const before = columns[name] ?? null;
        if (name === "id") (columns.id as Buffer).writeUInt8((columns.id as Buffer).readUInt8(bit) ^ (1 << bit), bit);
        else if (name === "occurred_at") columns.occurred_at = MICROS_SINCE_2000 + BigInt(bit) - 8n;
        else columns[name] = text;
        fc.pre(name === "id" || name === "occurred_at" || columns[name] !== before);
        expect(plain.isSaidBy(entryOf(canonicalText(body), columns))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves to others what bytes do not tell: a name that stands twice, an escape in a column, what is no entry", () => {
    const body: Body = { action: "a", actor: { kind: "system" }, id: ID, occurredAt: AT, outcome: "o", v: 2 };
    const columns = columnsOf(body);
    const text = canonicalText(body);
    expect(plain.isSaidBy(entryOf(text, columns))).toBe(true);
    expect(plain.isSaidBy(entryOf(text.replace('"action":"a"', '"action":"b","action":"a"'), columns))).toBe(false);
    expect(plain.isSaidBy(entryOf(text.replace('"action":"a"', '"action":"\\u0061"'), columns))).toBe(false);
    for (const bad of [text.slice(0, -1), `${text}}`, `[${text}]`, `${text} `, "", "{", '"'])
      expect(plain.isSaidBy(entryOf(bad, columns))).toBe(false);
  });

  it("says nothing of an entry with several servers", () => {
    const body: Body = {
      action: "a",
      actor: { kind: "system" },
      id: ID,
      occurredAt: AT,
      outcome: "o",
      servers: [{ id: "s" }],
      v: 2,
    };
    expect(plain.isSaidBy(entryOf(canonicalText(body), columnsOf(body)))).toBe(false);
  });
});
