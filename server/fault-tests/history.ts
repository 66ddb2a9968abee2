/** When a caller asked and when it had its answer (or gave up), ms on one monotonic clock: that of whoever recorded it. */
type Interval = { invokedMs: number; respondedMs: number };

/** One question about a token, as its caller saw it. `failed`: no decision came back, so it says nothing. */
export type Validation = Interval & {
  kind: "validate";
  /** The process that was asked. */
  where: string;
  outcome: "allow" | "revoked" | "failed";
};

/** One revocation of a token. `failed`: it may take effect at any later time, or never. */
export type Revocation = Interval & {
  kind: "revoke";
  where: string;
  outcome: "done" | "failed";
  /** In force at each process from a moment of its own; everywhere when it is done. */
  urgent?: boolean;
};

/** What was done with one token. */
export type Operation = Validation | Revocation;

/** An answer that no single moment of revocation explains. */
export type Violation = {
  kind:
    /** Allowed by a question that was asked after a revocation had been answered. */
    | "stale_allow"
    /** Allowed by a question that was asked after another had been answered `revoked`. */
    | "allow_after_deny"
    /** Answered `revoked` before anybody asked to revoke. */
    | "denied_too_early";
  operation: Validation;
  /** What it contradicts; null where nobody ever asked to revoke. */
  against: Operation | null;
};

/** The element with the least value; null where there is none. */
function least<T>(list: readonly T[], value: (element: T) => number): T | null {
  let found: T | null = null;
  for (const element of list) if (found === null || value(element) < value(found)) found = element;
  return found;
}

const responded = ({ respondedMs }: Interval) => respondedMs;
const invoked = ({ invokedMs }: Interval) => invokedMs;

/**
 * Checks the history of one token for linearizability, as a register that is active and becomes revoked once. Empty where
 * it is linearizable, and only there.
 *
 * Such a register has one moment T of change, so nothing need be searched. T is not before the first call of a revocation;
 * each `allow` was asked at or before T; each `revoked` and each answer of a revocation came at or after T. A failed
 * revocation bounds T from below alone. So the history is linearizable exactly where the last `allow` to be asked was
 * asked no later than the first answer that tells of the change, and no `revoked` was answered before the first
 * call of a revocation. Operations that touch in time count as concurrent. O(n).
 */
export function checkToken(operations: readonly Operation[]): Violation[] {
  const revocations = operations.filter((operation) => operation.kind === "revoke");
  const validations = operations.filter((operation) => operation.kind === "validate");
  if (!revocations.some(({ urgent }) => urgent)) return checkRegister(validations, revocations);
  const places = new Set(validations.map(({ where }) => where));
  return [...places].flatMap((place) =>
    checkRegister(
      validations.filter(({ where }) => where === place),
      revocations,
    ),
  );
}

function checkRegister(validations: readonly Validation[], revocations: readonly Revocation[]): Violation[] {
  const denials = validations.filter(({ outcome }) => outcome === "revoked");
  const firstCall = least(revocations, invoked);
  const firstDone = least(
    revocations.filter(({ outcome }) => outcome === "done"),
    responded,
  );
  const firstDenial = least(denials, responded);
  const violations: Violation[] = [];
  for (const operation of denials) {
    if (!firstCall || operation.respondedMs < firstCall.invokedMs)
      violations.push({ kind: "denied_too_early", operation, against: firstCall });
  }
  for (const operation of validations) {
    if (operation.outcome !== "allow") continue;
    if (firstDone && operation.invokedMs > firstDone.respondedMs)
      violations.push({ kind: "stale_allow", operation, against: firstDone });
    else if (firstDenial && operation.invokedMs > firstDenial.respondedMs)
      violations.push({ kind: "allow_after_deny", operation, against: firstDenial });
  }
  return violations;
}
