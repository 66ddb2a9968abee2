import type { Command } from "../command";
import { adminCommands } from "./admin";
import { agentCommands } from "./agent";
import { auditCommands } from "./audit";
import { databaseCommands } from "./database";
import { personCommands } from "./person";
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
  ...personCommands,
  ...agentCommands,
  ...tokenCommands,
  ...tokenEndCommands,
  ...auditCommands,
  ...adminCommands,
  ...databaseCommands,
];
