import { RETENTION_JOB } from "@/lib/audit/retention/policy";
import { retainRound } from "@/lib/audit/retention/retain";
import { env } from "@/lib/env";
import { repeated, type Job } from "./job";

const EVERY_MS = 60_000;

/** Archives and drops what the policy no longer keeps. */
export const retention = (): Job =>
  repeated({
    name: RETENTION_JOB,
    everyMs: EVERY_MS,
    round: ({ client, signal }) => retainRound(client, { folder: env().GATEHOUSE_AUDIT_ARCHIVE, signal }),
  });
