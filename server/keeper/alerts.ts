import { watchSearches } from "@/lib/saved-search/watch";
import { repeated, type Job } from "./job";

const EVERY_MS = 2000;

/** Tries the saved searches that alert on what is new in the audit log. */
export const alerts = (): Job =>
  repeated({
    name: "alerts",
    everyMs: EVERY_MS,
    round: async ({ client }) => ((await watchSearches(client)) ? "more" : "done"),
  });
