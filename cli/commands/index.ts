import type { Command } from "../command";
import { agentCommands } from "./agent";
import { auditCommands } from "./audit";
import { roleCommands } from "./role";
import { serverCommands } from "./server";
import { tokenCommands } from "./token";
import { tokenEndCommands } from "./token-end";
import { toolCommands } from "./tool";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...serverCommands,
  ...toolCommands,
  ...roleCommands,
  ...agentCommands,
  ...tokenCommands,
  ...tokenEndCommands,
  ...auditCommands,
];
