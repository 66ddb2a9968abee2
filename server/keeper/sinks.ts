import { Shipper } from "@/lib/audit/sinks/shipper";
import { repeated, type Job, type Turn } from "./job";

const EVERY_MS = 1000;

/** Ships the audit log to the sinks. One keeper does so for all of them. */
export function sinks(): Job {
  let held: { client: Turn["client"]; shipper: Shipper } | null = null;
  return repeated({
    name: "sinks",
    everyMs: EVERY_MS,
    round: async ({ client }) => {
      // With the connection the lock was lost: another keeper may ship by now.
      if (held && held.client !== client) await held.shipper.stop();
      if (held?.client !== client) held = { client, shipper: new Shipper() };
      const { shipper } = held;
      try {
        await shipper.step(client);
      } catch (error) {
        await shipper.stop();
        held = null;
        throw error;
      }
      return "done";
    },
    last: async () => {
      await held?.shipper.stop();
      held = null;
    },
  });
}
