import { closeDb } from "@/lib/db";
import { log } from "@/lib/log";
import { followLauncher, tellLauncher } from "../channel";
import { jobs } from "./jobs";

/** The keeper: what is done for the audit log in the background, so that no call waits for it. Listens nowhere. */
function main(): void {
  const running = jobs.map((job) => job.start());
  followLauncher({
    stop: async () => {
      await Promise.all(running.map((job) => job.stop()));
      await closeDb();
    },
  });
  tellLauncher({ kind: "working" });
}

try {
  main();
} catch (error) {
  log.error({ err: error }, "The keeper did not start");
  process.exit(1);
}
