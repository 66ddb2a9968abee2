import "server-only";
import type { Ctx } from "@/lib/ctx";
import type { Query } from "@/lib/db";
import { prepareEntry, type EntryDraft, type FieldChange, type PreparedEntry } from "../entry";
import { line } from "../line";
import { committedAs, Personal, personalValue } from "./draft";

/** Drafts of one ctx, in which commitments stand for what is said of people. */
type Committed = { ctx: Ctx; drafts: readonly EntryDraft[] };

type RefOf = (value: Personal) => string;
type Person = NonNullable<EntryDraft["person"]>;
type Target = NonNullable<EntryDraft["target"]>;

const MAX_DEPTH = 8;

/** The entries of drafts: as `committed` makes them. */
export async function prepareEntries(query: Query, ctx: Ctx, drafts: readonly EntryDraft[]): Promise<PreparedEntry[]> {
  const told = await committed(query, ctx, drafts);
  return told.drafts.map((draft) => prepareEntry(told.ctx, draft));
}

/**
 * Puts commitments in place of all that drafts say of people, by one query, or none where all of it is at hand (`nameRef`). A value
 * that has no commitment yet gets one, in the transaction that `query` runs in; of somebody erased one that nothing is behind.
 */
async function committed(query: Query, ctx: Ctx, drafts: readonly EntryDraft[]): Promise<Committed> {
  const wanted = new Map<string, Personal>();
  rewritten(ctx, drafts, (value) => {
    wanted.set(keyOf(value), value);
    return "";
  });
  if (wanted.size === 0) return { ctx, drafts };
  // In one order for everybody: two who add the same values wait for one another, never in a ring.
  const keys = [...wanted.keys()].sort();
  const values = keys.map((key) => (wanted.get(key) as Personal).reveal());
  const rows = await query<{ ref: string }>({
    text: `SELECT audit_commitment(person_id, field, value) AS ref
      FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted(person_id, field, value, nth) ORDER BY nth`,
    values: [
      values.map(([personId]) => personId),
      values.map(([, field]) => field),
      values.map(([, , value]) => line(value)),
    ],
  });
  const refs = new Map(keys.map((key, nth) => [key, rows[nth]?.ref ?? ""]));
  return rewritten(ctx, drafts, (value) => refs.get(keyOf(value)) ?? "");
}

const keyOf = (value: Personal): string => JSON.stringify(value.reveal());

const rewritten = (ctx: Ctx, drafts: readonly EntryDraft[], refOf: RefOf): Committed => ({
  ctx: withActor(ctx, refOf),
  drafts: drafts.map((draft) => withRefs(draft, refOf)),
});

function withActor(ctx: Ctx, refOf: RefOf): Ctx {
  const { actor } = ctx;
  if (actor.kind !== "person" || (actor.nameRef !== undefined && actor.emailRef !== undefined)) return ctx;
  const { personId, name, email } = actor;
  const nameRef = actor.nameRef ?? refOf(new Personal(personId, "name", name));
  const emailRef = actor.emailRef ?? refOf(new Personal(personId, "email", email));
  return { ...ctx, actor: { ...actor, nameRef, emailRef } };
}

function withRefs(draft: EntryDraft, refOf: RefOf): EntryDraft {
  const { person, target, changes, details } = draft;
  return {
    ...draft,
    ...(person ? { person: named(person, "person", refOf) } : {}),
    ...(target ? { target: named(target, target.kind, refOf) } : {}),
    ...(changes ? { changes: changes.map((change) => withChange(change, target, refOf)) } : {}),
    ...(details ? { details: within(details, refOf, 0) as Record<string, unknown> } : {}),
  };
}

function named<T extends Person | Target>(thing: T, kind: Target["kind"], refOf: RefOf): T {
  const { id, name, nameRef } = thing;
  const as = committedAs(kind, "name");
  // A refusal may come before its input was parsed: what the types promise is not yet so.
  if (as === null || nameRef !== undefined || typeof name !== "string" || typeof id !== "string") return thing;
  return { ...thing, nameRef: refOf(personalValue(id, as, name)) };
}

function withChange({ field, before, after }: FieldChange, target: EntryDraft["target"], refOf: RefOf): FieldChange {
  const as = committedAs(target?.kind, field);
  const side = (value: unknown): unknown =>
    target && as !== null && typeof value === "string"
      ? refOf(personalValue(target.id, as, value))
      : within(value, refOf, 0);
  return { field, before: side(before), after: side(after) };
}

/** A value in which each `Personal` is its commitment; the same one where there is none. */
function within(value: unknown, refOf: RefOf, depth: number): unknown {
  if (value instanceof Personal) return refOf(value);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => within(item, refOf, depth + 1));
    return items.some((item, nth) => item !== value[nth]) ? items : value;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const fields = Object.entries(value).map(([key, item]) => [key, within(item, refOf, depth + 1)] as const);
  return fields.some(([key, item]) => item !== (value as Record<string, unknown>)[key])
    ? Object.fromEntries(fields)
    : value;
}
