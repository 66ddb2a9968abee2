/** What the instance and the named servers say of a token's life. All in seconds. */
export type LifetimePolicy = {
  instanceMaxSeconds: number;
  instanceDefaultSeconds: number;
  /** By server; null leaves it to the instance. */
  serverMaxSeconds: readonly (number | null)[];
};

/** The longest life that a token for these servers may have: the least of all maxima. */
export function longestLifetimeSeconds(policy: LifetimePolicy): number {
  return Math.min(policy.instanceMaxSeconds, ...policy.serverMaxSeconds.filter((max) => max !== null));
}

/** The life of a token for which none was asked: the instance's default, never above the longest. */
export function defaultLifetimeSeconds(policy: LifetimePolicy): number {
  return Math.min(policy.instanceDefaultSeconds, longestLifetimeSeconds(policy));
}
