import type { Turn } from "./job";

/**
 * What a job remembers between its rounds, for as long as it has its connection: with that the lock is lost, and another keeper may
 * have gone on meanwhile. @param end what is done with what is no longer used
 */
export function perConnection<T>(make: () => T, end: (held: T) => Promise<void> = () => Promise.resolve()) {
  let held: { client: Turn["client"]; value: T } | null = null;
  const drop = async () => {
    const last = held;
    held = null;
    if (last) await end(last.value);
  };
  return {
    /** What belongs to this connection; made anew for another one. */
    async of(client: Turn["client"]): Promise<T> {
      if (held && held.client !== client) await drop();
      held ??= { client, value: make() };
      return held.value;
    },
    drop,
  };
}
