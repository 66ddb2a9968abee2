import { stopCaching } from "@/lib/validate/fact-cache";
import { closeRuntime } from "@/lib/validate/runtime";
import type { MachineRoute } from "./http";
import { introspectRoute } from "./introspect";
import { revokePreflight, revokeRoute } from "./revoke";
import { toolCallsRoute } from "./tool-calls";
import { validateRoute } from "./validate";
import { validateBatchRoute } from "./validate-batch";

/** Everything that the authority answers itself; the rest is the console's. */
export const machineRoutes: readonly MachineRoute[] = [
  validateRoute,
  validateBatchRoute,
  introspectRoute,
  revokeRoute,
  revokePreflight,
  toolCallsRoute,
];

/** Gives the lease back, and writes what still waits (audit entries, usage figures). Call it after the last answer, before the database is closed. */
export async function closeMachine(): Promise<void> {
  await stopCaching();
  await closeRuntime();
}
