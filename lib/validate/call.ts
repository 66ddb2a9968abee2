import "server-only";
import { prepareEntry, type EntryDraft } from "@/lib/audit/entry";
import { requirePermission } from "@/lib/authz/require";
import { rethrow } from "@/lib/db-errors";
import { uuidV7 } from "@/lib/id";
import type { Taken } from "@/lib/limit/sliding-window";
import type { Caller, ServerCtx } from "./authenticate";
import { decide, type CallRequest, type Facts } from "./decide";
import { withFacts } from "./facts";
import { answerText, concernedByDecision, decisionDraft, ownToken, type Judged } from "./present";
import { Possessions, type Possession } from "./possession";
import { runtime } from "./runtime";
import type { ValidateInput } from "./schema";

const NOTHING_TAKEN: Pick<Taken, "giveBack"> = { giveBack: () => undefined };

/**
 * Decides whether each of some calls may go ahead, and answers after every decision is recorded. A denial is a value.
 * All facts were true at one moment after the question came: what was changed before is in force. The permission is
 * `token.validate`. Throws `unavailable` where the facts cannot be read or the decisions not be recorded: then
 * nothing is allowed, and nothing counts against a rate limit.
 * @returns the JSON text of what `validateAnswerSchema` describes for each, in their order
 */
export async function validateCalls(caller: Caller, inputs: readonly ValidateInput[]): Promise<string[]> {
  const { ctx, asking } = caller;
  requirePermission(ctx, "token.validate");
  const startedMs = performance.now();
  // Before the facts: what they say must not grow old while a signature is checked.
  const possessions = inputs.some(carriesProof) ? await Possessions.check(inputs, ctx.nowSeconds()) : null;
  return withFacts(asking, inputs, (facts) => settle(ctx, inputs, facts, possessions, startedMs));
}

/** Decides by the facts, and answers once that is recorded. */
async function settle(
  ctx: ServerCtx,
  inputs: readonly ValidateInput[],
  facts: readonly Facts[],
  possessions: Possessions | null,
  startedMs: number,
): Promise<string[]> {
  const nowSeconds = ctx.nowSeconds();
  const proven = await possessions?.of(facts, nowSeconds).catch(rethrow);
  const verdicts = proven
    ? inputs.map((input, nth) => judgeWith(proven[nth], facts[nth] as Facts, input, nowSeconds))
    : inputs.map((input, nth) => judge(facts[nth] as Facts, input, nowSeconds));
  // Most calls ask no store, and then nothing is waited for.
  const judged = verdicts.every(isKnown)
    ? verdicts
    : await Promise.all(verdicts.map((verdict) => Promise.resolve(verdict)));
  const durationMs = Math.round((performance.now() - startedMs) * 1000) / 1000;
  const entries = judged.map((one, nth) => {
    const input = inputs[nth] as ValidateInput;
    const draft: EntryDraft = {
      action: "token.validate",
      ...decisionDraft(one),
      tool: input.tool,
      arguments: input.arguments,
      auditLevel: one.facts.server.auditLevel,
      clientIp: input.clientIp,
      callerRequestId: input.requestId,
      durationMs,
    };
    if (one.proof !== undefined) draft.details = { dpop: one.proof };
    return prepareEntry(ctx, draft, concernedByDecision(one));
  });
  try {
    await runtime().recorder.record(entries);
  } catch (error) {
    await Promise.all(judged.map(async ({ giveBack }) => giveBack()));
    throw error;
  }
  judged.forEach((one, nth) => noteUse(one, inputs[nth] as ValidateInput, nowSeconds));
  return judged.map(answerText);
}

type Verdict = Judged & { proof?: Possession["proof"]; giveBack: () => void | Promise<void> };

const carriesProof = ({ dpop }: ValidateInput): boolean => dpop !== undefined;

const isKnown = (verdict: Verdict | Promise<Verdict>): verdict is Verdict => !(verdict instanceof Promise);

/** `judge`, of a call that may have come with a proof of possession. */
function judgeWith(
  possession: Possession | undefined,
  facts: Facts,
  input: ValidateInput,
  nowSeconds: number,
): Verdict | Promise<Verdict> {
  if (!possession) return judge(facts, input, nowSeconds);
  const proven = (verdict: Verdict): Verdict => ({
    ...verdict,
    proof: possession.proof,
    giveBack: async () => {
      await verdict.giveBack();
      await possession.giveBack();
    },
  });
  const verdict = judge(facts, { ...input, boundTo: possession.boundTo }, nowSeconds);
  return isKnown(verdict) ? proven(verdict) : verdict.then(proven);
}

/** The decision, and the rate limit's word on it: asked, and counted, only where all else allows the call. */
function judge(facts: Facts, input: CallRequest, nowSeconds: number): Verdict | Promise<Verdict> {
  const auditId = uuidV7(nowSeconds * 1000);
  const decision = decide(facts, input, nowSeconds);
  const token = ownToken(facts);
  if (!token?.rateLimit) return { facts, decision, rateLimit: null, auditId, ...NOTHING_TAKEN };
  const { limiter } = runtime();
  if (decision.decision === "deny") {
    return { facts, decision, rateLimit: limiter.peek(token.id, token.rateLimit), auditId, ...NOTHING_TAKEN };
  }
  const counted = ({ allowed, state, giveBack }: Taken): Verdict => {
    const final = allowed ? decision : decide({ ...facts, rateLimited: true }, input, nowSeconds);
    return { facts, decision: final, rateLimit: state, auditId, giveBack };
  };
  const taken = limiter.take(token.id, token.rateLimit);
  return taken instanceof Promise ? taken.then(counted) : counted(taken);
}

function noteUse({ facts, decision }: Judged, input: ValidateInput, atSeconds: number): void {
  if (typeof facts.token === "string") return;
  // Only a tool that the server lists: any other text is the caller's, and might be a secret.
  const place = facts.token.forServer
    ? { serverId: facts.server.id, ip: input.clientIp ?? null, tool: facts.tool?.name ?? null }
    : null;
  runtime().activity.note({ tokenId: facts.token.id, allowed: decision.decision === "allow", atSeconds, place });
}
