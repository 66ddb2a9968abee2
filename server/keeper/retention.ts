import { readCandidates, type Candidate } from "@/lib/audit/retention/due";
import { RETENTION_JOB } from "@/lib/audit/retention/policy";
import { retainRound } from "@/lib/audit/retention/retain";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { repeated, type Job } from "./job";

const EVERY_MS = 60_000;
const QUERY_MS = 600_000;

/** Archives and drops what the policy no longer keeps. */
export function retention(): Job {
  let said = false;
  return repeated({
    name: RETENTION_JOB,
    everyMs: EVERY_MS,
    queryMs: QUERY_MS,
    round: async ({ client, signal }) => {
      const folder = env().GATEHOUSE_AUDIT_ARCHIVE;
      if (folder === undefined && !said && (await readCandidates(client, Date.now())).some(isDue)) {
        said = true;
        log.warn("Nothing of the audit log is dropped: GATEHOUSE_AUDIT_ARCHIVE names no folder for its archives");
      }
      return retainRound(client, { folder, signal });
    },
  });
}

const isDue = ({ waitsFor }: Candidate) => waitsFor === null;
