/** True where access that lasted may end by this: the limit of rest is new, or shorter. Seconds; null is no limit. */
export const endsSooner = (before: number | null, after: number | null): boolean =>
  after !== null && (before === null || after < before);
