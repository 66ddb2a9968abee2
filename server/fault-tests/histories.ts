import { checkToken, type Operation, type Revocation, type Validation, type Violation } from "./history";

type Counted = `validate ${Validation["outcome"]}` | `revoke ${Revocation["outcome"]}`;

/** A violation, with the token that it is about. */
export type TokenViolation = Violation & { tokenId: string };

/** What was done with each token, until it is judged. */
export class Histories {
  readonly #byToken = new Map<string, Operation[]>();
  readonly violations: TokenViolation[] = [];
  /** How many operations were recorded, by kind and outcome. */
  readonly counts: Record<Counted, number> = {
    "validate allow": 0,
    "validate revoked": 0,
    "validate failed": 0,
    "revoke done": 0,
    "revoke failed": 0,
  };
  #judged = 0;

  add(tokenId: string, operation: Operation): void {
    this.counts[counted(operation)]++;
    const history = this.#byToken.get(tokenId);
    if (history) history.push(operation);
    else this.#byToken.set(tokenId, [operation]);
  }

  /** Checks one token's history, and forgets it: nothing more may be added to it. */
  judge(tokenId: string): void {
    const history = this.#byToken.get(tokenId);
    if (!history) return;
    this.#byToken.delete(tokenId);
    this.#judged++;
    for (const violation of checkToken(history)) this.violations.push({ ...violation, tokenId });
  }

  judgeAll(): void {
    for (const tokenId of [...this.#byToken.keys()]) this.judge(tokenId);
  }

  /** How many tokens' histories were checked. */
  get judged(): number {
    return this.#judged;
  }
}

const counted = (operation: Operation): Counted =>
  operation.kind === "revoke" ? `revoke ${operation.outcome}` : `validate ${operation.outcome}`;
