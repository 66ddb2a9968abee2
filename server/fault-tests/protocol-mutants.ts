import type { Mutant } from "./mutants";

/** The steps of the protocol (docs/revocation.md), each left out in turn. */
export const PROTOCOL_MUTANTS = {
  "the lease is not looked at when a cached answer is used": [
    {
      file: "lib/validate/facts.ts",
      find: "return cache.lease.alive() ? found : null;",
      replace: "return found;",
    },
  ],
  "the lease counts from when its renewal was answered, not sent": [
    {
      file: "lib/lease/lease.ts",
      find: "sentAtMs + LEASE_MS",
      replace: "this.#clocks.monotonicMs() + LEASE_MS",
    },
  ],
  "nobody waits for leases": [
    {
      file: "lib/lease/announce.ts",
      find: "if (waiting === 0) return",
      replace: "return",
    },
  ],
  "a read is cached although something was changed since it began": [
    {
      file: "lib/lease/cache.ts",
      find: "if (read.everything || keys.some((key) => read.changed.has(key))) return null;",
      replace: "",
    },
  ],
  "a change is made before everybody has dropped what it takes away": [
    {
      file: "lib/lease/changes.ts",
      find: "if (urgent) {",
      replace: "{",
    },
    {
      file: "lib/verb.ts",
      find: "if (foreseen.length > 0) await changes.announce(foreseen);",
      replace: "",
    },
  ],
  "what is about to be narrowed is cached": [
    {
      file: "lib/validate/fact-cache.ts",
      find: "if (row.pending || !this.lease.alive()) continue;",
      replace: "if (!this.lease.alive()) continue;",
    },
  ],
} satisfies Record<string, Mutant>;

export type MutantName = keyof typeof PROTOCOL_MUTANTS;
