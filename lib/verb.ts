import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import type { AuditAction, TargetKind } from "@/lib/audit/catalogue";
import type { EntryDraft } from "@/lib/audit/entry";
import { prepareEntries } from "@/lib/audit/personal/commit";
import { rowTypeOf, writeEntries } from "@/lib/audit/write";
import { refusal, requireRecentAuthentication } from "@/lib/authz/require";
import type { Permission } from "@/lib/authz/permissions";
import type { Ctx } from "@/lib/ctx";
import { db, pool, queryAlone, transaction, type Query, type Tx } from "@/lib/db";
import { isWriteConflict, mapDbError } from "@/lib/db-errors";
import { GatehouseError } from "@/lib/errors";
import type { Spread } from "@/lib/lease/announce";
import { Changes, NotAnnounced } from "@/lib/lease/changes";
import type { Subject } from "@/lib/lease/subject";

/** What a verb's work gets. */
export type VerbScope = {
  ctx: Ctx;
  tx: Tx;
  /** Runs a statement in the same transaction without Prisma: for work that is done for every token. */
  query: Query;
  /** Adds an audit entry; all of them are written as the last step of this transaction, or the change does not happen. */
  record: (draft: EntryDraft) => void;
  /**
   * Says that this transaction takes something from what validators may have cached of these subjects. It is in force for
   * every process at one moment, with the commit; what comes back says how that went. Where it has not been announced
   * yet, the transaction is undone here, the change announced, and the work done again: so it throws, and nothing but the
   * transaction may have been touched before. `urgent`: each process refuses as soon as it hears of it, some before
   * others; what comes back is filled in when the verb returns. What only gives, or renames, need not be said: triggers
   * note it, and processes hear of it at once.
   */
  narrow: (subjects: readonly Subject[], options?: { urgent?: boolean }) => Promise<Readonly<Spread>>;
};

export type VerbDefinition<I> = {
  /** What stands in the audit log where the verb is refused. */
  action: AuditAction;
  /**
   * Any one of these lets the actor in; the work itself narrows `.own` permissions to what is theirs (`reach`).
   * `anyone`: the proof is in the input itself (a one-time link), and the work checks it.
   */
  permission: Permission | readonly Permission[] | "anyone";
  /** True (or a test of the input) where a person must have proved their identity lately. */
  recentAuthentication?: boolean | ((ctx: Ctx, input: I) => boolean);
  /** The thing that a refusal is about, as far as the input names it. */
  target?: (input: I) => { kind: TargetKind; id: string } | null;
  /**
   * What the work will narrow, where one cheap look tells: announced before the work begins, which then need not be undone
   * and done again for it. A guess: what it leaves out is announced when the work says so, what it has too much is given up.
   */
  foresee?: (ctx: Ctx, db: Tx, input: I) => Promise<readonly Subject[]>;
};

/** What a caller adds to a verb's transaction. A read has none, and ignores it. */
export type Within<O> = {
  /** Runs when the change is made, before the entries are written; where it throws, nothing happens. Once per attempt. */
  beforeCommit(tx: Tx, result: O): Promise<void>;
};

/** A verb: permission → transaction → change → audit entry in the same transaction. Refusals are recorded too. */
export type Verb<I, O> = ((ctx: Ctx, input: I, within?: Within<O>) => Promise<O>) & {
  readonly definition: VerbDefinition<I>;
};

const MAX_ATTEMPTS = 4;
const TRANSACTION = { timeout: 15_000, maxWait: 5_000 };

/** Makes a verb. Every rule of the domain that changes something, or reads what not everybody may see, is one. */
export function defineVerb<I, O>(
  definition: VerbDefinition<I>,
  work: (scope: VerbScope, input: I) => Promise<O>,
): Verb<I, O> {
  const run = async (ctx: Ctx, input: I, within?: Within<O>): Promise<O> => {
    try {
      admit(definition, ctx, input);
      const { foresee } = definition;
      return await attempt(ctx, {
        foresee: foresee && (() => foresee(ctx, db(), input)),
        work: (scope) => work(scope, input),
        within,
      });
    } catch (error) {
      const known = mapDbError(error);
      if (known?.refusal) await recordRefusal(ctx, definition, input, known);
      throw known ?? error;
    }
  };
  return Object.assign(run, { definition });
}

/** What a read's work gets. */
export type ReadScope = { ctx: Ctx; db: Tx };

/**
 * Makes a reading verb: permission → read. It leaves no entry where it succeeds (the log's export does: that is
 * made with `defineVerb`), and one where it is refused.
 */
export function defineRead<I, O>(
  definition: VerbDefinition<I>,
  work: (scope: ReadScope, input: I) => Promise<O>,
): Verb<I, O> {
  const run = async (ctx: Ctx, input: I): Promise<O> => {
    try {
      admit(definition, ctx, input);
      return await work({ ctx, db: db() }, input);
    } catch (error) {
      const known = mapDbError(error);
      if (known?.refusal) await recordRefusal(ctx, definition, input, known);
      throw known ?? error;
    }
  };
  return Object.assign(run, { definition });
}

function admit<I>(definition: VerbDefinition<I>, ctx: Ctx, input: I): void {
  if (definition.permission === "anyone") return;
  const accepted = typeof definition.permission === "string" ? [definition.permission] : definition.permission;
  if (!accepted.some((permission) => ctx.actor.permissions.has(permission))) throw refusal(ctx, accepted.join(" or "));
  const needed = definition.recentAuthentication;
  if (typeof needed === "function" ? needed(ctx, input) : needed) requireRecentAuthentication(ctx);
}

type Attempt<O> = {
  foresee?: () => Promise<readonly Subject[]>;
  work: (scope: VerbScope) => Promise<O>;
  within?: Within<O>;
};

/** Runs work in one transaction, writes its entries last, and tries again where it lost a race (deadlock, serialisation). */
async function attempt<O>(ctx: Ctx, { foresee, work, within }: Attempt<O>): Promise<O> {
  const changes = new Changes();
  try {
    const foreseen = (await foresee?.()) ?? [];
    if (foreseen.length > 0) await changes.announce(foreseen);
    for (let tries = 1; ; tries++) {
      try {
        const result = await inTransaction(ctx, changes, work, within);
        await changes.committed();
        return result;
      } catch (error) {
        if (tries >= MAX_ATTEMPTS) {
          // What is to be announced was another thing each time: somebody else changes the same.
          throw error instanceof NotAnnounced ? new GatehouseError("write_conflict", { cause: error }) : error;
        }
        if (error instanceof NotAnnounced) await changes.announce(error.subjects);
        else if (isWriteConflict(error)) await sleep(10 * tries * Math.random());
        else throw error;
      }
    }
  } finally {
    await changes.close();
  }
}

async function inTransaction<O>(
  ctx: Ctx,
  changes: Changes,
  work: (scope: VerbScope) => Promise<O>,
  within?: Within<O>,
): Promise<O> {
  const drafts: EntryDraft[] = [];
  const rowType = await rowTypeOf(pool());
  changes.begin();
  return transaction(async (tx, query) => {
    const result = await work({
      ctx,
      tx,
      query,
      record: (draft) => drafts.push(draft),
      narrow: (subjects, options) => changes.narrow(tx, subjects, options?.urgent ?? false),
    });
    await within?.beforeCommit(tx, result);
    // What is checked or noted at the end comes before the log's counter is locked: everybody locks in one order.
    await query({ text: "SET CONSTRAINTS ALL IMMEDIATE" });
    await writeEntries(
      (text, values) => query({ name: "write-audit-entries", text, values }),
      rowType,
      await prepareEntries(query, ctx, drafts),
    );
    return result;
  }, TRANSACTION);
}

/** Records outside any verb's transaction: refusals, sign-in attempts. Throws `unavailable` where it cannot. */
export async function recordAlone(ctx: Ctx, drafts: readonly EntryDraft[]): Promise<void> {
  try {
    await writeEntries(
      (sql, values) => db().$executeRawUnsafe(sql, ...values),
      await rowTypeOf(pool()),
      await prepareEntries(queryAlone, ctx, drafts),
    );
  } catch (error) {
    throw new GatehouseError("unavailable", { cause: error, internal: "the audit log could not be written" });
  }
}

async function recordRefusal<I>(
  ctx: Ctx,
  definition: VerbDefinition<I>,
  input: I,
  error: GatehouseError,
): Promise<void> {
  const target = targetOf(definition, input);
  await recordAlone(ctx, [
    {
      action: definition.action,
      outcome: "denied",
      reason: error.code,
      target,
      details: error.internal ? { why: error.internal } : undefined,
    },
  ]);
}

/** A refusal comes before anything of the input is proven: where it names no target, it is recorded without one. */
function targetOf<I>(definition: VerbDefinition<I>, input: I): { kind: TargetKind; id: string } | null {
  try {
    return definition.target?.(input) ?? null;
  } catch {
    return null;
  }
}
