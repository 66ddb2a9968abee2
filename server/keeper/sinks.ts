import { Shipper } from "@/lib/audit/sinks/shipper";
import { repeated, type Job } from "./job";
import { perConnection } from "./per-connection";

const EVERY_MS = 1000;

/** Ships the audit log to the sinks. One keeper does so for all of them. */
export function sinks(): Job {
  const shipper = perConnection(
    () => new Shipper(),
    (last) => last.stop(),
  );
  return repeated({
    name: "sinks",
    everyMs: EVERY_MS,
    round: async ({ client }) => {
      const mine = await shipper.of(client);
      try {
        await mine.step(client);
      } catch (error) {
        await shipper.drop();
        throw error;
      }
      return "done";
    },
    last: () => shipper.drop(),
  });
}
