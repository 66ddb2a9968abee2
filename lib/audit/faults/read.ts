import "server-only";
import { defineRead } from "@/lib/verb";
import { READ_AUDIT } from "../search";
import { logFaultSelect, toLogFaultDto } from "./dto";
import type { LogFaultDto } from "./schema";

/** What is wrong with the log's proof now, the lowest entry first; nothing where all is well. */
export const readLogFaults = defineRead(READ_AUDIT, async ({ db }, _input: void): Promise<LogFaultDto[]> => {
  const rows = await db.auditFault.findMany({ where: { mendedAt: null }, select: logFaultSelect, orderBy: { idx: "asc" } }); // prettier-ignore
  return rows.map(toLogFaultDto);
});
