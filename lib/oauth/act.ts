/** `act` (RFC 8693 §4.1): who acts now is outermost, and through whom is inside. */
export type ActClaim = { sub: string; act?: ActClaim };

/** The claim of a chain of agents, outermost first; undefined where nobody acts through anybody. */
export function actClaim([first, ...rest]: readonly string[]): ActClaim | undefined {
  if (first === undefined) return undefined;
  const act = actClaim(rest);
  return act ? { sub: first, act } : { sub: first };
}
