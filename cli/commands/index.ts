import type { Command } from "../command";
import { adminCommands } from "./admin";
import { agentCommands } from "./agent";
import { auditCommands } from "./audit";
import { databaseCommands } from "./database";
import { grantCommands } from "./grant";
import { issuerCommands } from "./issuer";
import { noticeCommands } from "./notice";
import { personCommands } from "./person";
import { policyCommands } from "./policy";
import { roleCommands } from "./role";
import { scopeCommands } from "./scope";
import { serverCommands } from "./server";
import { sinkCommands } from "./sink";
import { tokenCommands } from "./token";
import { tokenEndCommands } from "./token-end";
import { toolCommands } from "./tool";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...serverCommands,
  ...scopeCommands,
  ...toolCommands,
  ...roleCommands,
  ...personCommands,
  ...agentCommands,
  ...tokenCommands,
  ...tokenEndCommands,
  ...grantCommands,
  ...policyCommands,
  ...issuerCommands,
  ...noticeCommands,
  ...auditCommands,
  ...sinkCommands,
  ...adminCommands,
  ...databaseCommands,
];
